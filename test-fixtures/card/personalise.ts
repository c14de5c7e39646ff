import { bcd, concat, hex } from '../../emv/values/index.ts';
import {
  certifyCard,
  certifyIssuer,
  type TestCaName,
  type TestKey,
  type TestKeyName,
  testCa,
  testKey,
} from '../pki/index.ts';
import type { DebitCreditOrder } from './debit-credit/order.ts';
import { personaliseDebitCredit } from './debit-credit/personalise.ts';
import { compressed, track2 } from './digits.ts';
import { type DynamicSigner, signerWith } from './dynamic-signature.ts';
import { type CardAlgorithm, cardKey } from './keys.ts';
import type {
  AlgorithmProfile,
  ApplicationProfile,
  CardProfile,
  CardRecord,
  DynamicProfile,
  RiskProfile,
} from './profile.ts';
import { smChain } from './sm-chain.ts';
import { tlv } from './tlv.ts';

/** A master key set of an issuer. 16 bytes each. */
export interface MasterKeys {
  /** Derivation key index, second byte of 9F10. */
  readonly index: number;
  readonly ac: Uint8Array;
  readonly mac: Uint8Array;
  /** Enciphers the PIN that an issuer script brings; when left out, the MAC key does it too. */
  readonly enc?: Uint8Array;
}

/** What an application is made from. What is left out is as in an ordinary card of the scheme. */
export interface ApplicationOrder {
  /** Digits, 19 at most. */
  readonly pan: string;
  readonly masterKeys: MasterKeys;
  /** Electronic cash at the start, in fen. */
  readonly balance: number;
  /** Hex. A000000333010101, debit. */
  readonly aid?: string;
  readonly label?: string;
  readonly priority?: number;
  /** 0 to 99; 1. */
  readonly panSequence?: number;
  /** YYMMDD, as 5F24; 491231. */
  readonly expiry?: string;
  /** Root, issuer key and card key: F1, issuer-1408, icc-1152. */
  readonly chain?: { readonly ca: TestCaName; readonly issuer: TestKeyName; readonly card: TestKeyName };
  /** What makes 9F4B in place of the certified key: a forger. */
  readonly forger?: (certified: TestKey) => DynamicSigner;
  /** The highest version of fDDA: 1. */
  readonly fddaVersion?: 0 | 1;
  /** 9F08, hex: 0030 (PBOC 3.0); 0020 is an older card. */
  readonly applicationVersion?: '0020' | '0030';
  /** A signature too long for the GPO answer goes into a record of its own, or into the last one. */
  readonly longSignatureIn?: 'own-record' | 'last-record';
  readonly cryptogram?: {
    readonly algorithm?: CardAlgorithm;
    readonly version?: 1 | 17;
    readonly withBalance?: boolean;
  };
  /** Knows SM as well: asks for DF69, and holds SM2 certificates and SM4 keys for a terminal that supports them. */
  readonly sm?: boolean;
  readonly risk?: Partial<RiskProfile>;
  readonly showsBalance?: boolean;
  readonly blocked?: boolean;
  /** Full debit/credit beside qPBOC; over the contacts a card needs it. */
  readonly debitCredit?: DebitCreditOrder;
}

/** 9F66 9F02 9F03 9F1A 95 5F2A 9A 9C 9F37: 33 bytes of values. */
const PDOL = hex('9F66049F02069F03069F1A0295055F2A029A039C019F3704');
/** 9F7A, the terminal's electronic cash indicator: what a card of full debit/credit asks in addition. */
const EC_INDICATOR = hex('9F7A01');
/** DF69, the SM indicator: what a card that knows the national algorithms asks in addition. */
const SM_INDICATOR = hex('DF6901');
/** SDA and DDA, cardholder verification, terminal risk management, issuer authentication; not CDA. */
const AIP = hex('7C00');
/** MMYY: certificates outlive the cards. */
const CERTIFICATE_EXPIRY = '1249';
/** A longer signature does not fit beside the cryptogram. */
const MAX_SIGNATURE_IN_ANSWER = 128;

/** SFI 2: the chain of keys; SFI 3: what the card certificate covers; SFI 6: what a payment makes. */
const CHAIN_SFI = 2;
const SIGNED_SFI = 3;
const PAYMENT_SFI = 6;
const AFL_BEFORE_PAYMENT = '10010300 18010101';

const ORDINARY_RISK: RiskProfile = {
  currency: hex('0156'),
  cvmLimit: 100_000,
  singleLimit: 100_000,
  balanceLimit: 100_000,
  resetThreshold: 0,
  methods: { onlinePin: true, signature: false },
  ctq: 0x0000,
  policy: 'offline',
};

/** Writes one application: derives its keys, issues its certificates, lays out its records. */
export function personalise(order: ApplicationOrder): ApplicationProfile {
  const { pan, panSequence = 1, expiry = '491231' } = order;
  const { ca, issuer, card } = order.chain ?? { ca: 'F1', issuer: 'issuer-1408', card: 'icc-1152' };
  const ownKey = testKey(card);
  const signed = signedData(pan, expiry, order.applicationVersion ?? '0030');
  const covered = concat(signed, AIP);
  const sm = order.sm ? smChain({ pan, covered, expiry: CERTIFICATE_EXPIRY, signedIn: SIGNED_SFI }) : undefined;
  const { afl, signatureIn } = paymentLayout(ownKey, order.longSignatureIn ?? 'own-record');
  const { debitCredit } = order;
  return {
    aid: hex(order.aid ?? 'A000000333010101'),
    label: order.label ?? 'JIANGDU CARD',
    priority: order.priority ?? 1,
    pdol: concat(
      PDOL,
      debitCredit?.electronicCash === true ? EC_INDICATOR : new Uint8Array(),
      order.sm ? SM_INDICATOR : new Uint8Array(),
    ),
    aip: AIP,
    track2: track2(pan, expiry),
    panSequence: bcd(panSequence, 1),
    records: [
      ...chainRecords({ ca, issuer: testKey(issuer), card: ownKey, pan, covered }),
      ...(sm?.records ?? []),
      { sfi: SIGNED_SFI, record: 1, data: tlv(0x70, signed) },
    ],
    algorithms: {
      afl,
      dynamic: { sign: (order.forger ?? signerWith)(ownKey), version: order.fddaVersion ?? 1, signatureIn },
      cryptogram: cryptogramProfile(order, order.cryptogram?.algorithm ?? '3des'),
    },
    ...(sm && {
      smAlgorithms: {
        afl: sm.afl,
        dynamic: { sign: sm.sign, version: 1, signatureIn: 'answer' },
        cryptogram: cryptogramProfile(order, 'sm4'),
      },
    }),
    risk: { ...ORDINARY_RISK, ...order.risk },
    showsBalance: order.showsBalance ?? true,
    blocked: order.blocked ?? false,
    // The issuer has been online with the card once: no "new card" in its verification results.
    issued: { balance: order.balance, atc: 1 },
    ...(debitCredit && {
      debitCredit: personaliseDebitCredit(debitCredit, {
        pan,
        panSequence,
        expiry,
        applicationVersion: order.applicationVersion ?? '0030',
        chain: { ca, issuer, card },
        forger: order.forger,
        encKey: encKey(order, order.cryptogram?.algorithm ?? '3des'),
        smEncKey: order.sm ? encKey(order, 'sm4') : undefined,
      }),
    }),
  };
}

function cryptogramProfile(order: ApplicationOrder, algorithm: CardAlgorithm): AlgorithmProfile['cryptogram'] {
  const { pan, panSequence = 1, masterKeys } = order;
  const { version = 1, withBalance = true } = order.cryptogram ?? {};
  const derived = (masterKey: Uint8Array): Uint8Array => cardKey(algorithm, masterKey, pan, panSequence);
  const acKey = derived(masterKeys.ac);
  return { algorithm, version, keyIndex: masterKeys.index, acKey, macKey: derived(masterKeys.mac), withBalance };
}

function encKey({ pan, panSequence = 1, masterKeys }: ApplicationOrder, algorithm: CardAlgorithm): Uint8Array {
  return cardKey(algorithm, masterKeys.enc ?? masterKeys.mac, pan, panSequence);
}

/** A chip with one or more applications. */
export function chip(applications: readonly ApplicationProfile[], unusual: Partial<CardProfile> = {}): CardProfile {
  const contact = unusual.interface === 'contact';
  return {
    interface: 'contactless',
    pse: contact,
    ppse: !contact,
    blocked: false,
    manners: contact ? 't0' : 'contactless',
    ...unusual,
    applications,
  };
}

/** The AFL, and where 9F4B goes: beside the cryptogram when it is short enough, else into a record. */
function paymentLayout(
  key: TestKey,
  longSignatureIn: 'own-record' | 'last-record',
): Pick<AlgorithmProfile, 'afl'> & Pick<DynamicProfile, 'signatureIn'> {
  const firstRecord = { sfi: PAYMENT_SFI, record: 1 };
  const oneRecord = hex(`${AFL_BEFORE_PAYMENT} 30010100`);
  if (key.modulus.length <= MAX_SIGNATURE_IN_ANSWER) return { afl: oneRecord, signatureIn: 'answer' };
  if (longSignatureIn === 'last-record') return { afl: oneRecord, signatureIn: firstRecord };
  return { afl: hex(`${AFL_BEFORE_PAYMENT} 30010200`), signatureIn: firstRecord };
}

/** 5A 5F24 5F25 5F28 9F42 9F07 9F08 9F4A (the AIP is signed too): what the card certificate covers, with the AIP after it. */
function signedData(pan: string, expiry: string, applicationVersion: string): Uint8Array {
  return concat(
    tlv(0x5a, compressed(pan)),
    tlv(0x5f24, hex(expiry)),
    tlv(0x5f25, hex('200101')),
    tlv(0x5f28, hex('0156')),
    tlv(0x9f42, hex('0156')),
    tlv(0x9f07, hex('FF00')),
    tlv(0x9f08, hex(applicationVersion)),
    tlv(0x9f4a, hex('82')),
  );
}

/** Three records, so that each fits READ RECORD with keys of 1984 bits: the short parts, then 90, then 9F46. */
function chainRecords(parts: {
  ca: TestCaName;
  issuer: TestKey;
  card: TestKey;
  pan: string;
  covered: Uint8Array;
}): CardRecord[] {
  const { issuer, card, pan, covered } = parts;
  const ca = testCa(parts.ca);
  const common = { expiry: CERTIFICATE_EXPIRY, serial: hex('000001') };
  const byCa = certifyIssuer({ ca: ca.key, issuer, issuerId: pan.slice(0, 6), ...common });
  const byIssuer = certifyCard({ issuer, card, pan, covered, ...common });
  const unlessEmpty = (tag: number, value: Uint8Array): Uint8Array[] => (value.length === 0 ? [] : [tlv(tag, value)]);
  const short = concat(
    tlv(0x8f, Uint8Array.of(ca.index)),
    tlv(0x9f32, byCa.exponent),
    ...unlessEmpty(0x92, byCa.remainder),
    tlv(0x9f47, byIssuer.exponent),
    ...unlessEmpty(0x9f48, byIssuer.remainder),
  );
  return [short, tlv(0x90, byCa.certificate), tlv(0x9f46, byIssuer.certificate)].map((data, at) => ({
    sfi: CHAIN_SFI,
    record: at + 1,
    data: tlv(0x70, data),
  }));
}
