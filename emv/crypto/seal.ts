import { concat } from '../values/index.ts';
import { sm4CounterKey } from './block-cipher.ts';
import { equalSecrets, hmacSm3Key } from './digest.ts';
import { assertLength } from './plain-bytes.ts';

const KEY_LENGTH = 32;
const HALF = 16;
const IV_LENGTH = 16;
const MAC_LENGTH = 32;

interface ToSeal {
  readonly iv: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly associatedData: Uint8Array;
}

interface Sealed {
  readonly sealed: Uint8Array;
  readonly associatedData: Uint8Array;
}

/** A key that seals and opens much, made ready once. It stays in memory until it is wiped. */
export interface SealingKey {
  /** As `sealBytes`. */
  seal(input: ToSeal): Uint8Array;
  /** As `openBytes`. */
  open(input: Sealed): Uint8Array | undefined;
  /** The key is of no use afterwards. */
  wipe(): void;
}

/** @param key 32 bytes, which are not kept. Throws RangeError on another length */
export function sealingKey(key: Uint8Array): SealingKey {
  assertLength('key', key, KEY_LENGTH);
  const cipher = sm4CounterKey(key.subarray(0, HALF));
  const authentication = hmacSm3Key(key.subarray(HALF));
  // The associated data's length stands first, so that no byte can move between it and what follows.
  const tag = (associatedData: Uint8Array, ivAndCiphertext: Uint8Array): Uint8Array =>
    authentication.mac(lengthOf(associatedData), associatedData, ivAndCiphertext);
  return {
    seal({ iv, plaintext, associatedData }) {
      const ivAndCiphertext = concat(iv, cipher.apply(iv, plaintext));
      return concat(ivAndCiphertext, tag(associatedData, ivAndCiphertext));
    },
    open({ sealed, associatedData }) {
      if (sealed.length < IV_LENGTH + MAC_LENGTH) return undefined;
      const ivAndCiphertext = sealed.subarray(0, -MAC_LENGTH);
      if (!equalSecrets(tag(associatedData, ivAndCiphertext), sealed.subarray(-MAC_LENGTH))) return undefined;
      return cipher.apply(sealed.subarray(0, IV_LENGTH), ivAndCiphertext.subarray(IV_LENGTH));
    },
    wipe() {
      cipher.wipe();
      authentication.wipe();
    },
  };
}

/** 4 bytes, big-endian. */
const lengthOf = ({ length }: Uint8Array): Uint8Array =>
  Uint8Array.of(length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);

/** Uses a key for one piece of work. */
function once<T>(key: Uint8Array, work: (ready: SealingKey) => T): T {
  const ready = sealingKey(key);
  try {
    return work(ready);
  } finally {
    ready.wipe();
  }
}

/**
 * Enciphers, then authenticates: `iv 16 ‖ SM4-CTR ciphertext ‖ HMAC-SM3 32`, the HMAC over the associated data's length
 * (4 bytes, big-endian), the associated data, iv and ciphertext. The key's first 16 bytes encipher, its last 16
 * authenticate. An iv must never meet the same key twice. Throws RangeError on a key or iv of another length.
 */
export function sealBytes({ key, ...input }: ToSeal & { readonly key: Uint8Array }): Uint8Array {
  return once(key, (ready) => ready.seal(input));
}

/**
 * What `sealBytes` sealed; undefined when a single bit of it or of the associated data differs, or the key is another one.
 * Throws RangeError only on a key of another length.
 */
export function openBytes({ key, ...input }: Sealed & { readonly key: Uint8Array }): Uint8Array | undefined {
  return once(key, (ready) => ready.open(input));
}
