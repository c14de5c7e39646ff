import { Secret } from '../values/index.ts';

const BLOCK_LENGTH = 8;
const CONTROL = 0x20;
const FILL = 0xf;
const MIN_DIGITS = 4;
const MAX_DIGITS = 12;
const CHALLENGE_LENGTH = 8;
/** Header, PIN block and challenge stand before the padding. */
const FIXED_LENGTH = 1 + BLOCK_LENGTH + CHALLENGE_LENGTH;
const HEADER = 0x7f;

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/**
 * The PIN block of VERIFY (EMV Book 3, §6.5.12; ISO 9564-1 format 2), 8 bytes: control nibble 2, number of digits, digits,
 * F behind. `pin`: ASCII digits. Undefined when they are not 4 to 12 digits.
 */
export function pinBlock(pin: Secret): Secret | undefined {
  return pin.use((digits) => {
    if (digits.length < MIN_DIGITS || digits.length > MAX_DIGITS || !digits.every(isDigit)) return undefined;
    const block = new Uint8Array(BLOCK_LENGTH).fill(0xff);
    block[0] = CONTROL | digits.length;
    for (const [at, digit] of digits.entries()) {
      const place = 1 + (at >> 1);
      const value = digit & 0x0f;
      block[place] = at % 2 === 0 ? (value << 4) | FILL : ((block[place] ?? 0) & 0xf0) | value;
    }
    return new Secret(block);
  });
}

/** Bytes of padding for a key of `length` bytes. */
export function paddingLength(length: number): number {
  return length - FIXED_LENGTH;
}

/**
 * What is enciphered for VERIFY (EMV Book 2, table 25): 7F, PIN block, the card's unpredictable number (8 bytes), random
 * padding up to the length of the key.
 */
export function dataToEncipher(block: Secret, challenge: Uint8Array, padding: Uint8Array): Secret {
  const data = new Uint8Array(FIXED_LENGTH + padding.length);
  data[0] = HEADER;
  block.use((bytes) => data.set(bytes, 1));
  data.set(challenge, 1 + BLOCK_LENGTH);
  data.set(padding, FIXED_LENGTH);
  return new Secret(data);
}
