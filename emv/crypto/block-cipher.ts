import { createCipheriv, createDecipheriv } from 'node:crypto';
import { assertLength, plainBytes } from './plain-bytes.ts';

/** Which cipher a card's keys are for: 01 (two-key triple DES) or 04 (SM4) in its 9F10. */
export type Algorithm = '3des' | 'sm4';

/** The ciphers of PIN pads and key blocks: cards know no AES. */
export type CipherName = Algorithm | 'aes';

const KEY_LENGTH = 16;

/** A block cipher with keys of 16 bytes, AES also of 32, without modes or padding. */
export interface BlockCipher {
  readonly blockSize: 8 | 16;
  /** Enciphers each block on its own. Throws RangeError on part of a block or a key of another length. */
  encrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  /** The reverse of `encrypt`. */
  decrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array;
}

function blockCipher(nameFor: (key: Uint8Array) => string, blockSize: 8 | 16): BlockCipher {
  return {
    blockSize,
    encrypt(key, blocks) {
      const name = nameFor(key);
      assertWholeBlocks(blocks, blockSize);
      return plainBytes(createCipheriv(name, key, null).setAutoPadding(false).update(blocks));
    },
    decrypt(key, blocks) {
      const name = nameFor(key);
      assertWholeBlocks(blocks, blockSize);
      return plainBytes(createDecipheriv(name, key, null).setAutoPadding(false).update(blocks));
    },
  };
}

function assertWholeBlocks(blocks: Uint8Array, blockSize: number): void {
  if (blocks.length % blockSize !== 0) throw new RangeError(`${blocks.length} bytes are no whole blocks`);
}

/** What OpenSSL calls a cipher in a mode. Throws RangeError on a key of another length. */
function nameOf(cipher: CipherName, key: Uint8Array, mode: 'ecb' | 'cbc'): string {
  const mayBeLonger = cipher === 'aes' && key.length === 2 * KEY_LENGTH;
  if (!mayBeLonger) assertLength('key', key, KEY_LENGTH);
  if (cipher === 'aes') return `aes-${key.length * 8}-${mode}`;
  return `${cipher === '3des' ? 'des-ede' : 'sm4'}-${mode}`;
}

/** Two-key triple DES (E-D-E), blocks of 8 bytes. */
export const tripleDes: BlockCipher = blockCipher((key) => nameOf('3des', key, 'ecb'), 8);

/** SM4 (GB/T 32907), blocks of 16 bytes. */
export const sm4: BlockCipher = blockCipher((key) => nameOf('sm4', key, 'ecb'), 16);

/** AES (FIPS 197), blocks of 16 bytes. */
const aes: BlockCipher = blockCipher((key) => nameOf('aes', key, 'ecb'), 16);

const CIPHERS: Readonly<Record<CipherName, BlockCipher>> = { '3des': tripleDes, sm4, aes };

export function cipherOf(cipher: CipherName): BlockCipher {
  return CIPHERS[cipher];
}

/** Enciphers whole blocks in CBC mode from `iv`, one block. */
export function cbcEncrypt(cipher: CipherName, key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  return plainBytes(
    createCipheriv(nameOf(cipher, key, 'cbc'), key, iv)
      .setAutoPadding(false)
      .update(blocks),
  );
}

/** The reverse of `cbcEncrypt`. */
export function cbcDecrypt(cipher: CipherName, key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  return plainBytes(
    createDecipheriv(nameOf(cipher, key, 'cbc'), key, iv)
      .setAutoPadding(false)
      .update(blocks),
  );
}

/** An SM4 key that enciphers single blocks, made ready once. It stays in memory until it is wiped. */
export interface BlockKey {
  /** Enciphers each block of 16 bytes on its own. Throws RangeError on part of a block. */
  encrypt(blocks: Uint8Array): Uint8Array;
  /** The key is of no use afterwards. */
  wipe(): void;
}

/** Making an object of node:crypto costs more than what it does for some blocks. Throws RangeError on a key of another length. */
export function sm4Key(key: Uint8Array): BlockKey {
  const cipher = createCipheriv(nameOf('sm4', key, 'ecb'), key, null).setAutoPadding(false);
  let wiped = false;
  return {
    encrypt(blocks) {
      assertWholeBlocks(blocks, sm4.blockSize);
      return plainBytes(cipher.update(blocks));
    },
    wipe() {
      // OpenSSL clears the key behind its last step.
      if (!wiped) cipher.final();
      wiped = true;
    },
  };
}

/** A key for SM4 in counter mode, made ready once. It stays in memory until it is wiped. */
export interface CounterKey {
  /** Enciphers as well as deciphers; the whole 16-byte block counts from `iv`, big-endian. Throws RangeError on an iv of another length. */
  apply(iv: Uint8Array, data: Uint8Array): Uint8Array;
  /** The key is of no use afterwards. */
  wipe(): void;
}

/**
 * An object of node:crypto in counter mode is made for one iv; one that enciphers single blocks serves for all, with the counting
 * done by hand. Throws RangeError on a key of another length.
 */
export function sm4CounterKey(key: Uint8Array): CounterKey {
  const { encrypt, wipe } = sm4Key(key);
  return {
    apply(iv, data) {
      assertLength('iv', iv, sm4.blockSize);
      const stream = encrypt(countersFrom(iv, Math.ceil(data.length / sm4.blockSize)));
      const result = new Uint8Array(data.length);
      for (let at = 0; at < result.length; at++) result[at] = (data[at] ?? 0) ^ (stream[at] ?? 0);
      stream.fill(0);
      return result;
    },
    wipe,
  };
}

/** So many blocks that count on from the first, all 16 bytes as one number, big-endian. */
function countersFrom(first: Uint8Array, count: number): Uint8Array {
  const blocks = new Uint8Array(count * first.length);
  // A copy, which a Buffer's own `slice` would not be.
  const counter = Uint8Array.from(first);
  for (let block = 0; block < count; block++) {
    blocks.set(counter, block * first.length);
    let at = counter.length;
    do {
      at -= 1;
      counter[at] = ((counter[at] ?? 0) + 1) & 0xff;
    } while (counter[at] === 0 && at > 0);
  }
  return blocks;
}

/** The last block of CBC encryption from an all-zero start; `key` for single DES is its 8 bytes twice. */
export function cbcResidue(cipher: CipherName, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const { blockSize } = cipherOf(cipher);
  const iv = new Uint8Array(blockSize);
  if (blocks.length === 0) return iv;
  // OpenSSL 3 refuses single DES; triple DES with one key throughout is the same function.
  return cbcEncrypt(cipher, key, iv, blocks).slice(-blockSize);
}
