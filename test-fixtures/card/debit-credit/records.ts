import { bcd, concat, hex } from '../../../emv/values/index.ts';
import {
  certifyCard,
  certifyCardSm2,
  certifyIssuer,
  certifyIssuerSm2,
  signStaticData,
  signStaticDataSm2,
  type TestKeyName,
  testCa,
  testKey,
  testSm2Ca,
  testSm2Key,
} from '../../pki/index.ts';
import type { CardRecord } from '../card-record.ts';
import { compressed, track2 } from '../digits.ts';
import { tlv } from '../tlv.ts';
import type { CardFacts, DebitCreditOrder } from './order.ts';
import type { ApplicationFiles } from './profile.ts';

/*
 * Where full debit/credit keeps its records. SFI 2, 3 and 6 are left to qPBOC, which a contactless card has beside it.
 */
const CARDHOLDER_SFI = 1;
const SIGNED_SFI = 4;
const CHAIN_SFI = 5;
const RISK_SFI = 7;
const PIN_KEY_SFI = 8;
const ELECTRONIC_CASH_SFI = 9;

/** MMYY: certificates outlive the cards. */
const CERTIFICATE = { expiry: '1249', serial: hex('000001') };
/** UnionPay's example codes: TVR bits that decline, that go online, and that decline when the host cannot be asked. */
const ACTION_CODES = { denial: '0010980000', online: 'D86804F800', default: 'D86004A800' };
/** 9F74. */
const EC_AUTHORISATION_CODE = new TextEncoder().encode('ECC001');

type DataObject = readonly [tag: number, value: Uint8Array];
type Order = DebitCreditOrder & { readonly cdol1: string; readonly cdol2: string; readonly cvmList: string };

/** Which transactions read a record: all, those with international algorithms, or those with SM. */
type ReadBy = 'all' | 'international' | 'sm';
type File = readonly [sfi: number, objects: DataObject[], readBy?: ReadBy | undefined];
interface Placed {
  readonly record: CardRecord;
  readonly readBy: ReadBy;
}

/** Lays the records out for one interface. `aip`: as GPO will give it; certificates and SDA signature cover it. */
export function layRecordsOut(
  order: Order,
  card: CardFacts,
  aip: Uint8Array,
): Pick<ApplicationFiles, 'records' | 'locators' | 'smLocators'> {
  const placed = placeRecords(order, card, aip);
  const locators = (by: ReadBy) => ({
    afl: aflOf(placed, by, false),
    electronicCashAfl: aflOf(placed, by, order.electronicCash === true),
  });
  return {
    records: placed.map(({ record }) => record),
    locators: locators('international'),
    ...(card.smEncKey && { smLocators: locators('sm') }),
  };
}

function placeRecords(order: Order, card: CardFacts, aip: Uint8Array): Placed[] {
  const signed = asOrdered(order, signedData(order, card));
  const written = encoded(signed);
  // Of a forgery, the signatures cover data that end differently.
  const aipToo = signed.some(([tag]) => tag === 0x9f4a) ? aip : new Uint8Array();
  const covered = concat(order.forgedStaticData ? written.map(flippedAtEnd) : written, aipToo);
  const smChain = card.smEncKey === undefined ? [] : smKeyChain(order, card, covered);
  const chains: File[] = [
    ...keyChain(order, card, covered).map((objects): File => [CHAIN_SFI, objects, 'international']),
    ...smChain.map((objects): File => [CHAIN_SFI, objects, 'sm']),
    ...pinKeyChain(order, card).map((objects): File => [PIN_KEY_SFI, objects, 'international']),
  ];
  const risk: DataObject[] = [
    [0x8c, hex(order.cdol1)],
    [0x8d, hex(order.cdol2)],
  ];
  const laidOut: File[] = [
    [
      CARDHOLDER_SFI,
      [
        [0x57, track2(card.pan, card.expiry)],
        [0x5f20, new TextEncoder().encode('JIANGDU/TEST')],
      ],
    ],
    [SIGNED_SFI, signed],
    ...chains,
    [RISK_SFI, risk],
    ...(order.electronicCash ? [[ELECTRONIC_CASH_SFI, [[0x9f74, EC_AUTHORISATION_CODE]]] as File] : []),
  ];
  const known = new Set(laidOut.flatMap(([, objects]) => objects.map(([tag]) => tag)));
  risk.push(...overrides(order).filter(([tag]) => !known.has(tag)));
  const ordered = laidOut.map(([sfi, objects, readBy]): File => {
    return [sfi, sfi === SIGNED_SFI ? signed : asOrdered(order, objects), readBy];
  });
  return numbered(ordered);
}

/** 94 over these records; the record with 9F74 is named only where electronic cash is to be paid. */
function aflOf(placed: readonly Placed[], by: ReadBy, electronicCash: boolean): Uint8Array {
  const read = placed
    .filter(({ readBy }) => readBy === 'all' || readBy === by)
    .map(({ record }) => record)
    .filter(({ sfi }) => electronicCash || sfi !== ELECTRONIC_CASH_SFI);
  const files = [...new Set(read.map(({ sfi }) => sfi))];
  return concat(
    ...files.map((sfi) => {
      // The records of one chain follow one another in their file.
      const numbers = read.filter((record) => record.sfi === sfi).map(({ record }) => record);
      return Uint8Array.of(sfi << 3, Math.min(...numbers), Math.max(...numbers), sfi === SIGNED_SFI ? 1 : 0);
    }),
  );
}

const encoded = (objects: readonly DataObject[]): Uint8Array =>
  concat(...objects.map(([tag, value]) => tlv(tag, value)));

const flippedAtEnd = (byte: number, at: number, all: Uint8Array): number => (at === all.length - 1 ? byte ^ 1 : byte);

/** The records that a list of files makes: one each, counted up within a file. */
function numbered(files: readonly File[]): Placed[] {
  const placed: Placed[] = [];
  for (const [sfi, objects, readBy = 'all'] of files) {
    const record = placed.filter((made) => made.record.sfi === sfi).length + 1;
    placed.push({ record: { sfi, record, data: tlv(0x70, encoded(objects)) }, readBy });
  }
  return placed;
}

const overrides = ({ records = {} }: DebitCreditOrder): DataObject[] =>
  Object.entries(records).map(([tag, value]) => [Number.parseInt(tag, 16), hex(value)]);

/** Objects with other values where the order says so; those that it empties are gone. */
function asOrdered(order: DebitCreditOrder, objects: readonly DataObject[]): DataObject[] {
  const other = new Map(overrides(order));
  return objects
    .map(([tag, value]): DataObject => [tag, other.get(tag) ?? value])
    .filter(([tag, value]) => value.length > 0 || !other.has(tag));
}

function signedData(order: Order, card: CardFacts): DataObject[] {
  const codes = { ...ACTION_CODES, ...order.issuerActionCodes };
  return [
    [0x5a, compressed(card.pan)],
    [0x5f34, bcd(card.panSequence, 1)],
    [0x5f24, hex(card.expiry)],
    [0x5f25, hex('200101')],
    [0x5f28, hex('0156')],
    [0x9f42, hex('0156')],
    [0x9f07, hex('FF00')],
    [0x9f08, hex(card.applicationVersion)],
    ...(order.cvmList === '' ? [] : [[0x8e, hex(order.cvmList)] as DataObject]),
    [0x9f0e, hex(codes.denial)],
    [0x9f0f, hex(codes.online)],
    [0x9f0d, hex(codes.default)],
    [0x9f4a, hex('82')],
  ];
}

const unlessEmpty = (tag: number, value: Uint8Array): DataObject[] => (value.length === 0 ? [] : [[tag, value]]);

/** One record each for the short parts, 90, 93 and 9F46, so that keys of 1984 bits fit READ RECORD. */
function keyChain(order: Order, card: CardFacts, covered: Uint8Array): DataObject[][] {
  const { authentication = ['sda', 'dda'] } = order;
  if (authentication.length === 0) return [];
  const { pan } = card;
  const ca = testCa(card.chain.ca);
  const issuer = testKey(card.chain.issuer);
  const byCa = certifyIssuer({ ca: ca.key, issuer, issuerId: pan.slice(0, 6), ...CERTIFICATE });
  const records: DataObject[][] = [
    [[0x8f, Uint8Array.of(ca.index)], [0x9f32, byCa.exponent], ...unlessEmpty(0x92, byCa.remainder)],
    [[0x90, byCa.certificate]],
  ];
  if (authentication.includes('sda')) {
    records.push([[0x93, signStaticData({ issuer, authenticationCode: hex('DAC0'), covered })]]);
  }
  if (authentication.includes('dda') || authentication.includes('cda')) {
    const own = certifyCard({ issuer, card: testKey(card.chain.card), pan, covered, ...CERTIFICATE });
    records.push(
      [[0x9f46, own.certificate]],
      [[0x9f47, own.exponent], ...unlessEmpty(0x9f48, own.remainder), [0x9f49, hex('9F3704')]],
    );
  }
  return records;
}

/** The same under SM2 (JR/T 0025.17), in one record less: nothing of a key is left over, and exponents there are none. */
function smKeyChain(order: Order, { pan }: CardFacts, covered: Uint8Array): DataObject[][] {
  const { authentication = ['sda', 'dda'] } = order;
  if (authentication.length === 0) return [];
  const ca = testSm2Ca();
  const issuer = testSm2Key('issuer-sm2');
  const byCa = certifyIssuerSm2({ ca: ca.key, issuer, issuerId: pan.slice(0, 6), ...CERTIFICATE });
  const records: DataObject[][] = [
    [
      [0x8f, Uint8Array.of(ca.index)],
      [0x90, byCa],
    ],
  ];
  if (authentication.includes('sda')) {
    records.push([[0x93, signStaticDataSm2({ issuer, authenticationCode: hex('DAC0'), covered })]]);
  }
  if (authentication.includes('dda') || authentication.includes('cda')) {
    const own = certifyCardSm2({ issuer, card: testSm2Key('icc-sm2'), pan, covered, ...CERTIFICATE });
    records.push([
      [0x9f46, own],
      [0x9f49, hex('9F3704')],
    ]);
  }
  return records;
}

/** The certificate of a key that only PINs are enciphered for (EMV Book 2 §7.1): it covers no static data. */
function pinKeyChain({ pinKey = 'card' }: Order, { chain, pan }: CardFacts): DataObject[][] {
  if (pinKey === 'card' || pinKey === 'none') return [];
  const issuer = testKey(chain.issuer);
  const key: TestKeyName = pinKey;
  const made = certifyCard({ issuer, card: testKey(key), pan, covered: new Uint8Array(), ...CERTIFICATE });
  return [[[0x9f2e, made.exponent], ...unlessEmpty(0x9f2f, made.remainder)], [[0x9f2d, made.certificate]]];
}
