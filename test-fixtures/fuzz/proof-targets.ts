import { rsaPublicKey, rsaRecover, sm2Verify } from '../../emv/crypto/index.ts';
import { checkPinBlock } from '../../emv/issuer/index.ts';
import {
  type ChainKey,
  recoverIccKey,
  recoverIssuerKey,
  staticDataToAuthenticate,
  verifyFdda,
} from '../../emv/oda/index.ts';
import { concat, hex, Pan, Secret, toHex } from '../../emv/values/index.ts';
import { encipher } from '../card/keys.ts';
import type { ByteTarget } from './byte-fuzz.ts';
import { TRUE_CA_KEYS } from './entry-points.ts';
import { leavesOf, readTree, writeTree } from './tlv-tree.ts';
import { type Transcript, withoutStatus } from './transcript.ts';

/*
 * Whoever proves something to a terminal or to the host: certificates, signatures, PIN blocks. Of changed bytes none may pass.
 * The seeds are data objects one after another, so that the fuzzer can change, drop and swap them.
 */

const DATE = { year: 2025, month: 6, day: 1 } as const;
const TOLD = {
  ttq: hex('26000080'),
  unpredictableNumber: hex('11223344'),
  currencyCode: hex('0156'),
} as const;

type Values = ReadonlyMap<number, Uint8Array>;

const valuesIn = (bytes: Uint8Array): Values =>
  new Map(leavesOf(readTree(bytes) ?? []).map(({ tag, value }) => [tag, value]));

/** Everything that an honest card gave, by tag, and its records in the order in which they were read. */
interface Card {
  readonly name: string;
  readonly values: Values;
  readonly records: readonly { readonly sfi: number; readonly data: Uint8Array }[];
  readonly amount: Uint8Array;
}

function cardOf({ name, input, exchanges }: Transcript): Card {
  const gpo = exchanges.findIndex(({ command }) => command[1] === 0xa8);
  const answers = exchanges.slice(gpo).map(({ command, answer }) => ({ command, data: withoutStatus(answer) }));
  const records = answers
    .filter(({ command, data }) => command[1] === 0xb2 && data[0] === 0x70)
    .map(({ command, data }) => ({ sfi: (command[3] ?? 0) >> 3, data }));
  const values = new Map(answers.flatMap(({ data }) => [...valuesIn(data)]));
  return { name, values, records, amount: hex(String(input.amount).padStart(12, '0')) };
}

const panOf = ({ values }: Card): Pan => {
  const pan = Pan.parse(toHex(values.get(0x57) ?? new Uint8Array()).split('D')[0] ?? '');
  if (pan === undefined) throw new RangeError('the card has no PAN');
  return pan;
};

/** Some of a card's values as data objects, one after another. */
const objects = ({ values }: Card, tags: readonly number[]): Uint8Array =>
  writeTree(tags.flatMap((tag) => ({ tag, body: values.get(tag) ?? [] })).filter(({ body }) => body.length > 0));

/** Passed, and not with the bytes of the honest card? `tags`: those that count; one that is empty is as good as none. */
function passed(given: Values, honest: Values, tags: readonly number[]): string | undefined {
  const changed = tags.find(
    (tag) => toHex(given.get(tag) ?? new Uint8Array()) !== toHex(honest.get(tag) ?? new Uint8Array()),
  );
  return changed === undefined ? undefined : `passed with ${changed.toString(16)} changed`;
}

function issuerKeyOf(card: Card, values: Values = card.values) {
  return recoverIssuerKey({
    ca: TRUE_CA_KEYS.find(({ index }) => index === values.get(0x8f)?.[0]),
    certificate: values.get(0x90),
    remainder: values.get(0x92),
    exponent: values.get(0x9f32),
    pan: panOf(card),
    date: DATE,
  });
}

function iccKeyOf(card: Card, issuerKey: ChainKey, values: Values, staticData: Uint8Array) {
  return recoverIccKey({
    issuerKey,
    certificate: values.get(0x9f46),
    remainder: values.get(0x9f48),
    exponent: values.get(0x9f47),
    staticData,
    pan: panOf(card),
    date: DATE,
  });
}

const AFL_SIGNED = /^(..)(..)(..)(..)/;

/** Static data as the AFL of the honest card marks them. */
function staticDataOf(card: Card): Uint8Array {
  const afl = toHex(card.values.get(0x94) ?? new Uint8Array()).match(/.{8}/g) ?? [];
  const signed = afl.flatMap((entry) => {
    const [, , first = '0', last = '0', count = '0'] = AFL_SIGNED.exec(entry) ?? [];
    const records = Number.parseInt(last, 16) - Number.parseInt(first, 16) + 1;
    return Array.from({ length: records }, (_, at) => at < Number.parseInt(count, 16));
  });
  const data = staticDataToAuthenticate({
    records: card.records.filter((_, at) => signed[at]),
    tagList: card.values.get(0x9f4a),
    aip: card.values.get(0x82) ?? new Uint8Array(),
  });
  return data.kind === 'static-data' ? data.bytes : new Uint8Array();
}

const ISSUER_TAGS = [0x90, 0x92, 0x9f32];
const ICC_TAGS = [0x9f46, 0x9f48, 0x9f47];
const FDDA_TAGS = [0x9f4b, 0x9f69];

/** The chain of one honest card: its keys, which must come of its bytes. Throws when they do not. */
function chainOf(card: Card): { issuer: ChainKey; icc: ChainKey; staticData: Uint8Array } {
  const staticData = staticDataOf(card);
  const issuer = issuerKeyOf(card);
  if (issuer.kind === 'failed') throw new RangeError(`${card.name}: ${issuer.object} ${issuer.check}`);
  const icc = iccKeyOf(card, issuer.key, card.values, staticData);
  if (icc.kind === 'failed') throw new RangeError(`${card.name}: ${icc.object} ${icc.check}`);
  return { issuer: issuer.key, icc: icc.key, staticData };
}

function cardTargets(card: Card): readonly ByteTarget[] {
  const { issuer, icc, staticData } = chainOf(card);
  const fddaTags = [...FDDA_TAGS, 0x9f6c, 0x82, 0x9f08];
  return [
    {
      name: `issuer certificate of ${card.name}`,
      seeds: [objects(card, [0x8f, ...ISSUER_TAGS])],
      check: (bytes) => {
        const given = valuesIn(bytes);
        const opened = issuerKeyOf(card, given);
        return opened.kind === 'recovered' ? passed(given, card.values, ISSUER_TAGS) : undefined;
      },
    },
    {
      name: `card certificate of ${card.name}`,
      seeds: [objects(card, ICC_TAGS)],
      check: (bytes) => {
        const given = valuesIn(bytes);
        const opened = iccKeyOf(card, issuer, given, staticData);
        return opened.kind === 'recovered' ? passed(given, card.values, ICC_TAGS) : undefined;
      },
    },
    {
      name: `static data of ${card.name}`,
      seeds: [staticData],
      check: (bytes) => {
        const opened = iccKeyOf(card, issuer, card.values, bytes);
        const same = toHex(bytes) === toHex(staticData);
        return opened.kind === 'recovered' && !same ? 'other static data passed' : undefined;
      },
    },
    {
      name: `dynamic signature of ${card.name}`,
      seeds: [objects(card, fddaTags)],
      check: (bytes) => {
        const given = valuesIn(bytes);
        const signed = verifyFdda({
          iccKey: icc,
          aip: given.get(0x82) ?? new Uint8Array(),
          signature: given.get(0x9f4b),
          cardAuthenticationData: given.get(0x9f69),
          ctq: given.get(0x9f6c),
          cardVersion: given.get(0x9f08),
          amountAuthorised: card.amount,
          ...TOLD,
        });
        return signed.kind === 'genuine' ? passed(given, card.values, FDDA_TAGS) : undefined;
      },
    },
  ];
}

/** A record's bytes as static data: the template's value, or nothing at all. */
const STATIC_RECORD: ByteTarget = {
  name: 'record as static data',
  seeds: [hex('70165A0A6299990000001234567F5F24033012315F340101'), hex('700500009C0100')],
  check: (bytes) => {
    const data = staticDataToAuthenticate({ records: [{ sfi: 3, data: bytes }], tagList: undefined, aip: hex('7C00') });
    if (data.kind === 'failed') return undefined;
    return toHex(bytes).endsWith(toHex(data.bytes)) && bytes[0] === 0x70 ? undefined : 'not what the record ends with';
  },
};

/** TEST KEYS. PIN 123456 of PAN 6299990000000000012 in a block of format 0. */
function pinTarget(): ByteTarget {
  const key = hex('0123456789ABCDEFFEDCBA9876543210');
  const pan = Pan.parse('6299990000000000012');
  if (pan === undefined) throw new RangeError('no PAN');
  const reference = new Secret(new TextEncoder().encode('123456'));
  // 06 123456 FFFFFFFF xor 0000 000000000001.
  const right = encipher('3des', key, hex('06123456FFFFFFFE'));
  return {
    name: 'PIN block',
    seeds: [right, new Uint8Array(16)],
    check: (bytes) => {
      for (const format of ['iso-0', 'sm4-0'] as const) {
        const verdict = checkPinBlock({ block: bytes, format, key, pan, reference });
        const expected = format === 'iso-0' && toHex(bytes) === toHex(right);
        if ((verdict.kind === 'right') !== expected) return `${format}: ${verdict.kind}`;
      }
      return undefined;
    },
  };
}

const KEY_TARGET: ByteTarget = {
  name: 'RSA key and signature',
  seeds: [concat(hex('03'), new Uint8Array(64).fill(0xff)), concat(hex('010001'), new Uint8Array(128).fill(0xab))],
  check: (bytes) => {
    const exponent = bytes[0] === 0x03 ? bytes.subarray(0, 1) : bytes.subarray(0, 3);
    const modulus = bytes.subarray(exponent.length);
    const key = rsaPublicKey(modulus, exponent);
    if (key === undefined) return undefined;
    const block = rsaRecover(key, new Uint8Array(modulus.length).fill(1));
    return block === undefined || block.length === modulus.length ? undefined : `${block.length} bytes recovered`;
  },
};

const SM2_TARGET: ByteTarget = {
  name: 'SM2 signature',
  seeds: [
    hex('15090801020304050607088CEA2D1BD0191CF4B2DBAF3EB77C0484887B8FF8721A4D38346688FF68F9DD06E4590EBBA847E607'),
  ],
  check: (bytes) =>
    sm2Verify(bytes.subarray(0, 64), bytes, bytes.subarray(-64)) ? 'a signature of nobody' : undefined,
};

/** `taps`: transcripts of honest cards that pay from the chip with RSA. */
export function proofTargets(taps: readonly Transcript[]): readonly ByteTarget[] {
  return [...taps.map(cardOf).flatMap(cardTargets), STATIC_RECORD, pinTarget(), KEY_TARGET, SM2_TARGET];
}
