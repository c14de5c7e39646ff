import { concat, uintBytes } from '../values/index.ts';
import { sm4Ctr } from './block-cipher.ts';
import { equalSecrets, hmacSm3 } from './digest.ts';
import { assertLength } from './plain-bytes.ts';

const KEY_LENGTH = 32;
const IV_LENGTH = 16;
const MAC_LENGTH = 32;

const encryptionKey = (key: Uint8Array): Uint8Array => key.subarray(0, 16);

/** The associated data's length stands first, so that no byte can move between it and what follows. */
function tag(key: Uint8Array, associatedData: Uint8Array, ivAndCiphertext: Uint8Array): Uint8Array {
  return hmacSm3(key.subarray(16), uintBytes(associatedData.length, 4), associatedData, ivAndCiphertext);
}

/**
 * Enciphers, then authenticates: `iv 16 ‖ SM4-CTR ciphertext ‖ HMAC-SM3 32`, the HMAC over the associated data's length
 * (4 bytes, big-endian), the associated data, iv and ciphertext. The key's first 16 bytes encipher, its last 16
 * authenticate. An iv must never meet the same key twice. Throws RangeError on a key or iv of another length.
 */
export function sealBytes(input: {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly associatedData: Uint8Array;
}): Uint8Array {
  assertLength('key', input.key, KEY_LENGTH);
  const ivAndCiphertext = concat(input.iv, sm4Ctr(encryptionKey(input.key), input.iv, input.plaintext));
  return concat(ivAndCiphertext, tag(input.key, input.associatedData, ivAndCiphertext));
}

/**
 * What `sealBytes` sealed; undefined when a single bit of it or of the associated data differs, or the key is another one.
 * Throws RangeError only on a key of another length.
 */
export function openBytes(input: {
  readonly key: Uint8Array;
  readonly sealed: Uint8Array;
  readonly associatedData: Uint8Array;
}): Uint8Array | undefined {
  const { key, sealed, associatedData } = input;
  assertLength('key', key, KEY_LENGTH);
  if (sealed.length < IV_LENGTH + MAC_LENGTH) return undefined;
  const ivAndCiphertext = sealed.subarray(0, -MAC_LENGTH);
  if (!equalSecrets(tag(key, associatedData, ivAndCiphertext), sealed.subarray(-MAC_LENGTH))) return undefined;
  return sm4Ctr(encryptionKey(key), sealed.subarray(0, IV_LENGTH), ivAndCiphertext.subarray(IV_LENGTH));
}
