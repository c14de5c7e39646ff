import { type Algorithm, cipherOf, equalSecrets } from '../crypto/index.ts';
import { hex, type Pan, type Secret } from '../values/index.ts';

/**
 * How a PIN block is built before it is enciphered:
 * - `iso-0` (ISO 9564-1 format 0), 8 bytes under triple DES: PIN field `0 ‖ length ‖ digits ‖ F…` xor PAN field `0000 ‖ the
 *   twelve rightmost digits of the PAN without its check digit`.
 * - `sm4-0`, the same in one SM4 block of 16 bytes: the PIN field is filled with F, the PAN field with zeros on its left.
 */
export type PinBlockFormat = 'iso-0' | 'sm4-0';

export type PinVerdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong' }
  /** What was deciphered has not the form of a PIN: keys that do not match, not the customer's mistake. It uses up no try. */
  | { readonly kind: 'malformed' };

const ALGORITHMS: Readonly<Record<PinBlockFormat, Algorithm>> = { 'iso-0': '3des', 'sm4-0': 'sm4' };
const MIN_DIGITS = 4;
const MAX_DIGITS = 12;
const FILL = 0xf;

function panField(pan: Pan, length: number): Uint8Array {
  const digits = pan.reveal().slice(0, -1).slice(-12);
  return hex(digits.padStart(length * 2, '0'));
}

/** Half a byte, counted from the left. */
function nibble(bytes: Uint8Array, at: number): number {
  const byte = bytes[at >> 1] ?? 0;
  return at % 2 === 0 ? byte >> 4 : byte & 0x0f;
}

function isPinField(field: Uint8Array): boolean {
  const [first = 0xff] = field;
  if (first < MIN_DIGITS || first > MAX_DIGITS) return false; // control nibble 0, then the length
  for (let at = 2; at < field.length * 2; at++) {
    const value = nibble(field, at);
    if (at < 2 + first ? value > 9 : value !== FILL) return false;
  }
  return true;
}

/** The PIN field of a PIN in ASCII digits: 0, its length, its digits, then F to `length` bytes. */
export function pinField(digits: Uint8Array, length: number): Uint8Array {
  const field = new Uint8Array(length).fill(0xff);
  field[0] = digits.length;
  for (const [at, digit] of digits.entries()) {
    const place = 1 + (at >> 1);
    const value = digit & 0x0f;
    field[place] = at % 2 === 0 ? (value << 4) | FILL : ((field[place] ?? 0) & 0xf0) | value;
  }
  return field;
}

/** Throws RangeError on anything but 4 to 12 ASCII digits. */
export function assertPin(digits: Uint8Array): void {
  const fits = digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS;
  if (!fits || digits.some((digit) => digit < 0x30 || digit > 0x39)) throw new RangeError('not a PIN');
}

/**
 * Is the PIN in an enciphered block the card's? `key` is the PIN key, 16 bytes; `reference` the right PIN, 4 to 12 ASCII
 * digits. The clear PIN exists only inside this call and is compared in constant time. Never throws on what a terminal
 * sends; throws RangeError on a reference that is no PIN or a key of another length.
 */
export function checkPinBlock(input: {
  readonly block: Uint8Array;
  readonly format: PinBlockFormat;
  readonly key: Uint8Array;
  readonly pan: Pan;
  readonly reference: Secret;
}): PinVerdict {
  const { blockSize, decrypt } = cipherOf(ALGORITHMS[input.format]);
  if (input.block.length !== blockSize) return { kind: 'malformed' };
  const field = decrypt(input.key, input.block);
  for (const [at, byte] of panField(input.pan, blockSize).entries()) field[at] = (field[at] ?? 0) ^ byte;
  try {
    if (!isPinField(field)) return { kind: 'malformed' };
    return input.reference.use((digits) => {
      assertPin(digits);
      const expected = pinField(digits, blockSize);
      const right = equalSecrets(field, expected);
      expected.fill(0);
      return { kind: right ? 'right' : 'wrong' };
    });
  } finally {
    field.fill(0);
  }
}
