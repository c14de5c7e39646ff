import { hex } from '../../../emv/values/index.ts';
import { type TestKey, testKey, testSm2Key } from '../../pki/index.ts';
import { signerWith, sm2SignerWith } from '../dynamic-signature.ts';
import type { CardFacts, DebitCreditOrder } from './order.ts';
import type { DebitCreditAlgorithms, DebitCreditProfile } from './profile.ts';
import { layRecordsOut } from './records.ts';

/** 9F02 9F03 9F1A 95 5F2A 9A 9C 9F37, and for the log 9F21 9F4E. */
const CDOL1 = '9F0206 9F0306 9F1A02 9505 5F2A02 9A03 9C01 9F3704 9F2103 9F4E14';
/** Over the contacts with electronic cash (JR/T 0025.13). */
const EC_PDOL = '9F7A01 9F0206 5F2A02';
/** Of a card that knows the national algorithms (JR/T 0025.17 §10). */
const SM_PDOL = 'DF6901';
/** Online PIN, signature, no CVM: each where the terminal supports it, and the next where it fails. */
const CVM_LIST = '0000000000000000 4203 5E03 1F03';

/** AIP byte 1. */
const AIP = { sda: 0x40, dda: 0x20, cvm: 0x10, terminalRiskManagement: 0x08, issuerAuthentication: 0x04, cda: 0x01 };
/** AIP byte 2 bit 8: full debit/credit over the contactless interface (JR/T 0025.12 §6.5.4). */
const CONTACTLESS = 0x80;

/** A longer key's signature leaves no room for the rest of a CDA answer, in bytes. */
const MAX_CDA_MODULUS = 218;

/** Writes full debit/credit of one application. Throws RangeError when CDA is ordered with a key too long for it. */
export function personaliseDebitCredit(order: DebitCreditOrder, card: CardFacts): DebitCreditProfile {
  const { authentication = ['sda', 'dda'], electronicCash = false, pinTryLimit = 3 } = order;
  const { issuerAuthentication = 'external-authenticate' } = order;
  const ownKey = testKey(card.chain.card);
  if (authentication.includes('cda') && ownKey.modulus.length > MAX_CDA_MODULUS) {
    throw new RangeError(`a key of ${ownKey.modulus.length} bytes is too long for CDA`);
  }
  const cdol1 = order.cdol1 ?? CDOL1;
  const cdol2 = order.cdol2 ?? `8A02 ${issuerAuthentication === 'cdol2' ? '910A' : ''} ${cdol1}`;
  const knowsSm = card.smEncKey !== undefined;
  const pdol = hex(order.pdol ?? `${electronicCash ? EC_PDOL : ''} ${knowsSm ? SM_PDOL : ''}`);
  const files = (second: number, asked: Uint8Array | undefined) => {
    const aip = Uint8Array.of(interchangeProfile(order), second);
    const contents = { ...order, cdol1, cdol2, cvmList: order.cvmList ?? CVM_LIST };
    return { pdol: asked, aip, ...layRecordsOut(contents, card, aip) };
  };
  return {
    files: { contact: files(0x00, pdol.length === 0 ? undefined : pdol), contactless: files(CONTACTLESS, undefined) },
    cdol1: hex(cdol1),
    cdol2: hex(cdol2),
    format: order.format ?? 0x77,
    dda: authentication.includes('dda'),
    cda: authentication.includes('cda'),
    electronicCash,
    issuerAuthentication,
    algorithms: {
      sign: (card.forger ?? signerWith)(ownKey),
      pinKey: pinKey(order, ownKey),
      encKey: card.encKey,
    },
    ...(card.smEncKey && {
      smAlgorithms: { sign: sm2SignerWith(testSm2Key('icc-sm2')), pinKey: undefined, encKey: card.smEncKey },
    }),
    pin: order.pin ?? '123456',
    pinTryLimit,
    country: hex('0156'),
    data: new Map(Object.entries(order.data ?? {}).map(([tag, value]) => [Number.parseInt(tag, 16), hex(value)])),
    issued: { newCard: order.newCard ?? false, pinTries: order.pinTries ?? pinTryLimit },
  };
}

/** Byte 1 of the AIP. */
function interchangeProfile(order: DebitCreditOrder): number {
  const { authentication = ['sda', 'dda'], issuerAuthentication = 'external-authenticate', cvmList = CVM_LIST } = order;
  return (
    authentication.reduce((bits, method) => bits | AIP[method], AIP.terminalRiskManagement) |
    (cvmList === '' ? 0 : AIP.cvm) |
    (issuerAuthentication === 'external-authenticate' ? AIP.issuerAuthentication : 0)
  );
}

function pinKey({ pinKey: name = 'card' }: DebitCreditOrder, ownKey: TestKey): DebitCreditAlgorithms['pinKey'] {
  if (name === 'none') return undefined;
  const key = name === 'card' ? ownKey : testKey(name);
  return { length: key.modulus.length, decipher: (block) => key.decipher(block) };
}
