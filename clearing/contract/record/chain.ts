import { type HmacKey, hmacSm3, sm3 } from '../../../emv/crypto/index.ts';
import { type Pan, type PurseSerial, toHex } from '../../../emv/values/index.ts';

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const CHAIN_DOMAIN = ascii('jdpos-chain/1');

/** Bytes of a hash in the chain: SM3. */
export const HASH_BYTES = 32;

/**
 * The hash of a record in its place: SM3 over `jdpos-chain/1`, the hash before (32 bytes; the genesis hash for sequence 1)
 * and the canonical record.
 */
export function chainHash(previous: Uint8Array, canonical: Uint8Array): Uint8Array {
  if (previous.length !== HASH_BYTES) throw new RangeError(`a hash is ${HASH_BYTES} bytes, not ${previous.length}`);
  return sm3(CHAIN_DOMAIN, previous, canonical);
}

const LINE_DOMAIN = ascii('jdpos-line/1');

/**
 * The digest of a line of a bundle behind those before it: SM3 over `jdpos-line/1`, the digest before (32 zero bytes before
 * the first line) and the line's JSON.
 */
export function lineDigest(previous: Uint8Array, line: Uint8Array): Uint8Array {
  if (previous.length !== HASH_BYTES) throw new RangeError(`a digest is ${HASH_BYTES} bytes, not ${previous.length}`);
  return sm3(LINE_DOMAIN, previous, line);
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/**
 * Merkle root over the chain hashes of a batch, in sequence order: leaf SM3(00 ‖ hash), node SM3(01 ‖ left ‖ right), split
 * at the largest power of two below the count, as in RFC 6962 §2.1. The root of none is SM3 of nothing.
 */
export function merkleRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (first === undefined) return sm3();
  if (hashes.length === 1) return sm3(LEAF, first);
  const split = 2 ** (31 - Math.clz32(hashes.length - 1));
  return sm3(NODE, merkleRoot(hashes.slice(0, split)), merkleRoot(hashes.slice(split)));
}

/**
 * The card's name in place of its PAN: HMAC-SM3 of the PAN's ASCII digits, or of the 20 hex digits of a purse's serial number, under
 * the scheme's key, 64 upper-case hex digits.
 * @param key of whoever makes many: made ready before
 */
export function cardToken(key: Uint8Array | HmacKey, number: Pan | PurseSerial): string {
  const digits = ascii(number.reveal());
  try {
    return toHex('mac' in key ? key.mac(digits) : hmacSm3(key, digits));
  } finally {
    digits.fill(0);
  }
}
