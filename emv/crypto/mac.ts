import { concat } from '../values/index.ts';
import { type Algorithm, cbcResidue, cipherOf } from './block-cipher.ts';
import { padded } from './padding.ts';
import { assertLength } from './plain-bytes.ts';

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, at) => byte ^ (b[at] ?? 0));

/** ISO/IEC 9797-1 algorithm 3: single DES with the key's left half, the last block under both halves. */
function retailMac(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const left = concat(key.subarray(0, 8), key.subarray(0, 8));
  const chained = cbcResidue('3des', left, blocks.subarray(0, -8));
  left.fill(0);
  return cipherOf('3des').encrypt(key, xor(chained, blocks.subarray(-8)));
}

/**
 * MAC of 8 bytes under a session key of 16 (JR/T 0025.7, JR/T 0025.17): triple DES by ISO/IEC 9797-1 algorithm 3, SM4 by
 * the left half of its CBC-MAC. Throws RangeError on a key of another length.
 */
export function mac(key: Uint8Array, data: Uint8Array, algorithm: Algorithm): Uint8Array {
  assertLength('key', key, 16);
  const blocks = padded(data, cipherOf(algorithm).blockSize);
  return algorithm === '3des' ? retailMac(key, blocks) : cbcResidue('sm4', key, blocks).slice(0, 8);
}

/** Application cryptogram (9F26), 8 bytes, over data of the card's cryptogram version under its AC session key. */
export function applicationCryptogram(key: Uint8Array, data: Uint8Array, algorithm: Algorithm): Uint8Array {
  return mac(key, data, algorithm);
}

/**
 * Authorisation response cryptogram, 8 bytes: the issuer's answer to a cryptogram (8 bytes) with its response code (ARC,
 * tag 8A, 2 bytes), under the card's AC session key.
 */
export function arpc(
  key: Uint8Array,
  cryptogram: Uint8Array,
  responseCode: Uint8Array,
  algorithm: Algorithm,
): Uint8Array {
  assertLength('cryptogram', cryptogram, 8);
  assertLength('response code', responseCode, 2);
  const { blockSize, encrypt } = cipherOf(algorithm);
  const block = new Uint8Array(blockSize);
  block.set(xor(cryptogram, responseCode));
  return encrypt(key, block).slice(0, 8);
}
