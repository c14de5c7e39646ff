import { constants, createPublicKey, type KeyObject, publicDecrypt } from 'node:crypto';
import { equalBytes, hex } from '../values/index.ts';
import { asBuffer, plainBytes } from './plain-bytes.ts';

/** EMV Book 2, §6.1: no other exponents. */
const EXPONENTS: readonly Uint8Array[] = [hex('03'), hex('010001')];
/** 512 bits; less is no key to anybody. */
const MIN_MODULUS = 64;
/** EMV Book 2, annex D: 1984 bits. */
const MAX_MODULUS = 248;

const base64Url = (bytes: Uint8Array): string => asBuffer(bytes).toString('base64url');

/** A public key ready for use: making one costs more than using it, so keep it. */
export interface RsaPublicKey {
  readonly key: KeyObject;
  /** Bytes of the modulus, and of every signature under it. */
  readonly length: number;
}

/**
 * Makes a key of a modulus (64 to 248 bytes, first byte not zero, odd) and an exponent (03 or 010001). Undefined for
 * anything else, since both may come from a card.
 */
export function rsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): RsaPublicKey | undefined {
  const { length } = modulus;
  if (length < MIN_MODULUS || length > MAX_MODULUS || modulus[0] === 0 || ((modulus[length - 1] ?? 0) & 1) === 0) {
    return undefined;
  }
  if (!EXPONENTS.some((known) => equalBytes(known, exponent))) return undefined;
  const key = { kty: 'RSA', n: base64Url(modulus), e: base64Url(exponent) };
  return { key: createPublicKey({ key, format: 'jwk' }), length };
}

/**
 * Recovers what was signed (EMV Book 2, annex A2.1): signature^e mod n, as long as the modulus. Undefined when the
 * signature is not as long as the modulus or not below it.
 */
export function rsaRecover({ key, length }: RsaPublicKey, signature: Uint8Array): Uint8Array | undefined {
  if (signature.length !== length) return undefined;
  try {
    return plainBytes(publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature));
  } catch {
    return undefined; // not below the modulus
  }
}
