import { type CipherName, cipherOf } from './block-cipher.ts';
import { cmac } from './cmac.ts';

const LENGTH = 3;

/**
 * Check value of a key, 3 bytes, by which two who hold it see that it is the same: for AES the CMAC of a block of zeros, for
 * triple DES the encipherment of one (ANSI X9.24-1:2017, annex A). SM4 has no standard at hand; it is done as for triple DES.
 */
export function checkValue(cipher: CipherName, key: Uint8Array): Uint8Array {
  const { blockSize, encrypt } = cipherOf(cipher);
  const zeros = new Uint8Array(blockSize);
  return (cipher === 'aes' ? cmac(cipher, key, zeros) : encrypt(key, zeros)).slice(0, LENGTH);
}
