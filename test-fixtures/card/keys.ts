import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concat, hex, uintBytes } from '../../emv/values/index.ts';

/** What a card's secret keys are made for: alg byte 01 (3DES) or 04 (SM4) of its 9F10. */
export type CardAlgorithm = '3des' | 'sm4';

/** Block size in bytes, and the cipher for one block under a 16-byte key. */
export const CIPHERS = {
  '3des': { block: 8, ecb: 'des-ede-ecb', cbc: 'des-ede-cbc' },
  sm4: { block: 16, ecb: 'sm4-ecb', cbc: 'sm4-cbc' },
} as const;

/** ECB over whole blocks, no padding. `key`: 16 bytes. */
export function encipher(algorithm: CardAlgorithm, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHERS[algorithm].ecb, key, null).setAutoPadding(false);
  return concat(cipher.update(blocks), cipher.final());
}

/** The way back. */
export function decipher(algorithm: CardAlgorithm, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createDecipheriv(CIPHERS[algorithm].ecb, key, null).setAutoPadding(false);
  return concat(cipher.update(blocks), cipher.final());
}

const inverted = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

/** Sets the lowest bit of each byte so that the byte has an odd number of ones, as DES keys are written. */
function oddParity(key: Uint8Array): Uint8Array {
  return key.map((byte) => {
    let ones = 0;
    for (let bits = byte >> 1; bits > 0; bits >>= 1) ones += bits & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });
}

/**
 * A card's key from a master key of 16 bytes: Y = the rightmost 16 digits of PAN ‖ PSN, left-padded with 0; the key is Y ‖ not Y
 * enciphered. `panSequence`: 0 to 99.
 */
export function cardKey(algorithm: CardAlgorithm, masterKey: Uint8Array, pan: string, panSequence: number): Uint8Array {
  const y = hex(`${pan}${String(panSequence).padStart(2, '0')}`.slice(-16).padStart(16, '0'));
  const key = encipher(algorithm, masterKey, concat(y, inverted(y)));
  return algorithm === '3des' ? oddParity(key) : key;
}

/** The session key of one transaction, 16 bytes: 000000000000 ‖ ATC ‖ 000000000000 ‖ not ATC enciphered. */
export function sessionKey(algorithm: CardAlgorithm, key: Uint8Array, atc: number): Uint8Array {
  const counter = uintBytes(atc, 2);
  const six = new Uint8Array(6);
  return encipher(algorithm, key, concat(six, counter, six, inverted(counter)));
}
