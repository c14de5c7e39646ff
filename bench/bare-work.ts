import {
  fingerprint,
  type RsaPublicKey,
  rsaPublicKey,
  rsaRecover,
  type Sm2VerifyingKey,
  sha1,
  sm2VerifyingKey,
  sm2VerifyWith,
} from '../emv/crypto/index.ts';
import { parseIssuerApplicationData } from '../emv/issuer/index.ts';
import { parseAfl } from '../emv/kernel/afl.ts';
import { parseTrack2 } from '../emv/kernel/track2.ts';
import type { CaPublicKey } from '../emv/oda/index.ts';
import { parseDol, parseTlv, type Tlv } from '../emv/tlv/index.ts';
import { concat, hex, parseAmount, parseDate } from '../emv/values/index.ts';
import type { RecordedTap } from './recorded-tap.ts';

/** The parsing and the cryptography of a tap, each call once and nothing around them. */
export interface BareWork {
  /** Three keys are made, named and used for the first time: a card whose chain was never seen. */
  cold(): unknown;
  /** The keys are at hand by their names: what remains is the card's signature over this payment. */
  warm(): unknown;
}

/** What the card's signature covers of the terminal's: unpredictable number, amount, currency; then 9F69. */
const TOLD = hex('11223344 000000001280 0156');
const HASH_LENGTH = 20;
/** Where the modulus stands in a recovered certificate, and its length before it (EMV Book 2, tables 6 and 14). */
const ISSUER_MODULUS_AT = 15;
const ICC_MODULUS_AT = 21;
const SM2_SIGNATURE_LENGTH = 64;

/** The card's data objects of all answers, by tag, and what of its records is authenticated. */
class CardObjects {
  readonly #objects = new Map<number, Uint8Array>();
  /** The signed record's value, then the AIP. */
  readonly staticData: Uint8Array;

  constructor(answers: readonly Uint8Array[]) {
    let signed: Uint8Array | undefined;
    const collect = (nodes: readonly Tlv[]): void => {
      for (const { tag, value, children } of nodes) {
        if (children === undefined) this.#objects.set(tag, value);
        else collect(children);
        if (tag === 0x70 && children?.some((child) => child.tag === 0x5a)) signed = value;
      }
    };
    for (const answer of answers) {
      const parsed = parseTlv(answer);
      if (parsed.kind === 'parsed') collect(parsed.nodes);
    }
    this.staticData = concat(assured(signed, 'signed record'), this.get(0x82));
  }

  get(tag: number): Uint8Array {
    return assured(this.#objects.get(tag), `tag ${tag.toString(16)}`);
  }

  optional(tag: number): Uint8Array {
    return this.#objects.get(tag) ?? new Uint8Array();
  }
}

function assured<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the recorded tap has no ${what}`);
  return value;
}

function assure(right: boolean, what: string): void {
  if (!right) throw new Error(`the recorded tap has another ${what}`);
}

/** One RSA signature as EMV uses it: recovered under the signer's key, then hashed with what else it covers. */
class RsaStep {
  readonly #modulus: Uint8Array;
  readonly #exponent: Uint8Array;
  readonly #signature: Uint8Array;
  readonly #hashed: Uint8Array;
  readonly #key: RsaPublicKey;
  readonly block: Uint8Array;

  constructor(modulus: Uint8Array, exponent: Uint8Array, signature: Uint8Array, covered: Uint8Array) {
    this.#modulus = modulus;
    this.#exponent = exponent;
    this.#signature = signature;
    this.#key = assured(rsaPublicKey(modulus, exponent), 'key');
    this.block = assured(rsaRecover(this.#key, signature), 'signature');
    this.#hashed = concat(this.block.subarray(1, -1 - HASH_LENGTH), covered);
    const hash = this.block.subarray(-1 - HASH_LENGTH, -1);
    assure(
      sha1(this.#hashed).every((byte, at) => byte === hash[at]),
      'hash',
    );
  }

  /** A key is dearer at its first use than at its making: OpenSSL prepares it then. */
  withNewKey = (): unknown => this.#check(rsaPublicKey(this.#modulus, this.#exponent) ?? this.#key);

  withKey = (): unknown => this.#check(this.#key);

  #check(key: RsaPublicKey): unknown {
    return [rsaRecover(key, this.#signature), sha1(this.#hashed)];
  }
}

/** One SM2 signature. */
class Sm2Step {
  readonly #point: Uint8Array;
  readonly #message: Uint8Array;
  readonly #signature: Uint8Array;
  readonly #key: Sm2VerifyingKey;

  constructor(point: Uint8Array, signed: Uint8Array, covered: Uint8Array) {
    this.#point = point;
    this.#message = concat(signed.subarray(0, -SM2_SIGNATURE_LENGTH), covered);
    this.#signature = signed.subarray(-SM2_SIGNATURE_LENGTH);
    this.#key = assured(sm2VerifyingKey(point), 'key');
    assure(sm2VerifyWith(this.#key, this.#message, this.#signature), 'signature');
  }

  withNewKey = (): unknown => this.#check(sm2VerifyingKey(this.#point) ?? this.#key);

  withKey = (): unknown => this.#check(this.#key);

  #check(key: Sm2VerifyingKey): unknown {
    return sm2VerifyWith(key, this.#message, this.#signature);
  }
}

type Step = Pick<RsaStep, 'withNewKey' | 'withKey'>;

function modulusAt(block: Uint8Array, at: number, remainder: Uint8Array): Uint8Array {
  const length = block[at - 2] ?? 0;
  const field = block.subarray(at, -1 - HASH_LENGTH);
  return length <= field.length ? field.subarray(0, length) : concat(field, remainder);
}

function rsaSteps(card: CardObjects, ca: { modulus: Uint8Array; exponent: Uint8Array }): readonly Step[] {
  const issuerExponent = card.get(0x9f32);
  const issuerRest = card.optional(0x92);
  const byCa = new RsaStep(ca.modulus, ca.exponent, card.get(0x90), concat(issuerRest, issuerExponent));
  const issuer = modulusAt(byCa.block, ISSUER_MODULUS_AT, issuerRest);
  const iccExponent = card.get(0x9f47);
  const iccRest = card.optional(0x9f48);
  const covered = concat(iccRest, iccExponent, card.staticData);
  const byIssuer = new RsaStep(issuer, issuerExponent, card.get(0x9f46), covered);
  const icc = modulusAt(byIssuer.block, ICC_MODULUS_AT, iccRest);
  return [byCa, byIssuer, new RsaStep(icc, iccExponent, card.get(0x9f4b), concat(TOLD, card.get(0x9f69)))];
}

const certifiedPoint = (certificate: Uint8Array): Uint8Array => certificate.subarray(-128, -SM2_SIGNATURE_LENGTH);

function sm2Steps(card: CardObjects, ca: { point: Uint8Array }): readonly Step[] {
  const [byCa, byIssuer] = [card.get(0x90), card.get(0x9f46)];
  return [
    new Sm2Step(ca.point, byCa, new Uint8Array()),
    new Sm2Step(certifiedPoint(byCa), byIssuer, card.staticData),
    new Sm2Step(certifiedPoint(byIssuer), card.get(0x9f4b), concat(TOLD, card.get(0x9f69))),
  ];
}

/** Every answer, and within them what has a form of its own. */
function parsingOf(answers: readonly Uint8Array[], card: CardObjects): () => unknown {
  const [pdol, afl, track2] = [card.get(0x9f38), card.get(0x94), card.get(0x57)];
  const [issuerData, expiry, balance] = [card.get(0x9f10), card.get(0x5f24), card.get(0x9f79)];
  return () => [
    answers.map((answer) => parseTlv(answer)),
    parseDol(pdol),
    parseAfl(afl),
    parseTrack2(track2),
    parseIssuerApplicationData(issuerData),
    parseDate(expiry),
    parseAmount(balance),
  ];
}

/** The names of the two certificates, by which a cache finds their keys. */
function namingOf(ca: CaPublicKey, card: CardObjects): () => unknown {
  const root = ca.algorithm === 'rsa' ? fingerprint('rsa', ca.modulus, ca.exponent) : fingerprint('sm2', ca.point);
  const issuer = [card.get(0x90), card.optional(0x92), card.optional(0x9f32)];
  const icc = [card.get(0x9f46), card.optional(0x9f48), card.optional(0x9f47), card.staticData];
  return () => [fingerprint(root, ...issuer), fingerprint(root, ...icc)];
}

/** Takes the bare work out of a recorded tap, and makes sure that it is that tap's. */
export function bareWorkOf({ caKeys, answers }: RecordedTap): BareWork {
  const data = answers.map((answer) => answer.subarray(0, -2));
  const card = new CardObjects(data);
  const index = card.get(0x8f)[0];
  const ca = assured(
    caKeys.find((key) => key.index === index),
    'CA key',
  );
  const steps = ca.algorithm === 'rsa' ? rsaSteps(card, ca) : sm2Steps(card, ca);
  const signature = steps.slice(-1);
  const parse = parsingOf(data, card);
  const name = namingOf(ca, card);
  return {
    cold: () => [parse(), name(), steps.map(({ withNewKey }) => withNewKey())],
    warm: () => [parse(), name(), signature.map(({ withKey }) => withKey())],
  };
}
