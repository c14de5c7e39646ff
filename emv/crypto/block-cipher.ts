import { createCipheriv, createDecipheriv } from 'node:crypto';
import { assertLength, plainBytes } from './plain-bytes.ts';

/** Which cipher a card's keys are for: 01 (two-key triple DES) or 04 (SM4) in its 9F10. */
export type Algorithm = '3des' | 'sm4';

const KEY_LENGTH = 16;

/** A block cipher with 16-byte keys, without modes or padding. */
export interface BlockCipher {
  readonly blockSize: 8 | 16;
  /** Enciphers each block on its own. Throws RangeError on part of a block or a key of another length. */
  encrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  /** The reverse of `encrypt`. */
  decrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array;
}

function blockCipher(name: 'des-ede-ecb' | 'sm4-ecb', blockSize: 8 | 16): BlockCipher {
  const check = (key: Uint8Array, blocks: Uint8Array): void => {
    assertLength('key', key, KEY_LENGTH);
    if (blocks.length % blockSize !== 0) throw new RangeError(`${blocks.length} bytes are no whole blocks`);
  };
  return {
    blockSize,
    encrypt(key, blocks) {
      check(key, blocks);
      return plainBytes(createCipheriv(name, key, null).setAutoPadding(false).update(blocks));
    },
    decrypt(key, blocks) {
      check(key, blocks);
      return plainBytes(createDecipheriv(name, key, null).setAutoPadding(false).update(blocks));
    },
  };
}

/** Two-key triple DES (E-D-E), blocks of 8 bytes. */
export const tripleDes: BlockCipher = blockCipher('des-ede-ecb', 8);

/** SM4 (GB/T 32907), blocks of 16 bytes. */
export const sm4: BlockCipher = blockCipher('sm4-ecb', 16);

const CIPHERS: Readonly<Record<Algorithm, BlockCipher>> = { '3des': tripleDes, sm4 };

export function cipherOf(algorithm: Algorithm): BlockCipher {
  return CIPHERS[algorithm];
}

/** SM4 in counter mode (the whole 16-byte block counts, big-endian); deciphers as well as enciphers. */
export function sm4Ctr(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  assertLength('key', key, KEY_LENGTH);
  assertLength('iv', iv, sm4.blockSize);
  return plainBytes(createCipheriv('sm4-ctr', key, iv).update(data));
}

/** The last block of CBC encryption from an all-zero start; `key` for single DES is its 8 bytes twice. */
export function cbcResidue(algorithm: Algorithm, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const { blockSize } = cipherOf(algorithm);
  const iv = new Uint8Array(blockSize);
  if (blocks.length === 0) return iv;
  // OpenSSL 3 refuses single DES; triple DES with one key throughout is the same function.
  const name = algorithm === 'sm4' ? 'sm4-cbc' : 'des-ede-cbc';
  const chained = plainBytes(createCipheriv(name, key, iv).setAutoPadding(false).update(blocks));
  return chained.slice(-blockSize);
}
