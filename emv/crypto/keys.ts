import { concat, hex, type Pan } from '../values/index.ts';
import { type Algorithm, cipherOf } from './block-cipher.ts';
import { assertLength } from './plain-bytes.ts';

const inverted = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

/** Every DES key byte has an odd number of ones; the lowest bit makes it so. In place, so that no second key is left. */
function setOddParity(key: Uint8Array): void {
  for (const [at, byte] of key.entries()) {
    let ones = 0;
    for (let rest = byte >> 1; rest > 0; rest >>= 1) ones ^= rest & 1;
    key[at] = (byte & 0xfe) | (ones ^ 1);
  }
}

/**
 * Card key (UDK), 16 bytes, from an issuer's master key (16 bytes): Y is the rightmost 16 digits of PAN and sequence
 * number (0 to 99), the key is the encipherment of Y ‖ ~Y, for triple DES with odd parity (JR/T 0025.7). The same rule
 * gives the card's AC, MAC and ENC keys. Throws RangeError on arguments that cannot be these.
 */
export function cardKey(mdk: Uint8Array, pan: Pan, panSequence: number, algorithm: Algorithm): Uint8Array {
  if (!Number.isInteger(panSequence) || panSequence < 0 || panSequence > 99) {
    throw new RangeError(`${panSequence} is no PAN sequence number`);
  }
  const digits = `${pan.reveal()}${String(panSequence).padStart(2, '0')}`;
  const y = hex(digits.padStart(16, '0').slice(-16));
  const key = cipherOf(algorithm).encrypt(mdk, concat(y, inverted(y)));
  if (algorithm === '3des') setOddParity(key);
  return key;
}

/** Session key, 16 bytes, of a card key and the ATC (9F36, 2 bytes) (JR/T 0025.7; not EMV's common session key). */
export function sessionKey(udk: Uint8Array, atc: Uint8Array, algorithm: Algorithm): Uint8Array {
  assertLength('ATC', atc, 2);
  const left = concat(new Uint8Array(6), atc);
  const right = concat(new Uint8Array(6), inverted(atc));
  return cipherOf(algorithm).encrypt(udk, concat(left, right));
}
