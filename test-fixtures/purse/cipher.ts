import { createCipheriv } from 'node:crypto';
import { concat, uintBytes } from '../../emv/values/index.ts';

/** Triple DES over whole blocks; an 8-byte key stands for single DES. */
function des(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const whole = key.length === 8 ? concat(key, key) : key;
  const cipher = createCipheriv('des-ede-ecb', whole, null).setAutoPadding(false);
  return new Uint8Array(concat(cipher.update(blocks), cipher.final()));
}

/** A card's key from its issuer's master key (16 bytes) and the last 8 bytes of its serial number: X, then not X. */
export function derivedKey(masterKey: Uint8Array, x: Uint8Array): Uint8Array {
  const inverted = x.map((byte) => ~byte & 0xff);
  return concat(des(masterKey, x), des(masterKey, inverted));
}

/** Session key of a purchase: random 4 ‖ offline number 2 ‖ the last 2 of the terminal's 4 bytes. */
export function purchaseKey(key: Uint8Array, random: Uint8Array, offline: number, terminal: Uint8Array): Uint8Array {
  return des(key, concat(random, uintBytes(offline, 2), terminal.subarray(-2)));
}

/** Session key of a load: random 4 ‖ online number 2 ‖ 8000. */
export function loadKey(key: Uint8Array, random: Uint8Array, online: number): Uint8Array {
  return des(key, concat(random, uintBytes(online, 2), Uint8Array.of(0x80, 0)));
}

/** Single DES in CBC from zero over the data, 80 and zeros; the first 4 bytes of the last block. `key`: 8 bytes. */
export function code(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const data = concat(...parts, Uint8Array.of(0x80));
  let chained = new Uint8Array(8);
  for (let at = 0; at < data.length; at += 8) {
    const block = chained.map((byte, place) => byte ^ (data[at + place] ?? 0));
    chained = new Uint8Array(des(key, block));
  }
  return chained.slice(0, 4);
}

/** The TAC's key: one half of the card's TAC key (16 bytes) upon the other. */
export function tacKey(key: Uint8Array): Uint8Array {
  return key.slice(0, 8).map((byte, at) => byte ^ (key[at + 8] ?? 0));
}
