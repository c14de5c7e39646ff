import { type CipherName, cipherOf, equalSecrets } from '../crypto/index.ts';
import { hex, type Pan, Secret } from '../values/index.ts';

/**
 * How a PIN block is built before it is enciphered:
 * - `iso-0` (ISO 9564-1 format 0), 8 bytes under triple DES: PIN field `0 ‖ length ‖ digits ‖ F…` xor PAN field `0000 ‖ the
 *   twelve rightmost digits of the PAN without its check digit`.
 * - `sm4-0`, the same in one SM4 block of 16 bytes: the PIN field is filled with F, the PAN field with zeros on its left.
 * - `iso-4` (ISO 9564-1 format 4), 16 bytes under AES: PIN field `4 ‖ length ‖ digits ‖ A…` of 8 bytes and 8 random ones,
 *   enciphered, xor PAN field `length of the PAN above 12 ‖ the PAN ‖ 0…`, enciphered again.
 */
export type PinBlockFormat = 'iso-0' | 'iso-4' | 'sm4-0';

export type PinVerdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong' }
  /** What was deciphered has not the form of a PIN: keys that do not match, not the customer's mistake. It uses up no try. */
  | { readonly kind: 'malformed' };

/** Under which cipher the blocks of a format are. */
export const PIN_BLOCK_CIPHER: Readonly<Record<PinBlockFormat, CipherName>> = {
  'iso-0': '3des',
  'iso-4': 'aes',
  'sm4-0': 'sm4',
};

/** How the field of a PIN looks: its first half byte, what stands behind the digits, and how many bytes it has. */
interface PinFieldForm {
  readonly control: number;
  readonly fill: number;
  readonly length: number;
}

const FORMS: Readonly<Record<PinBlockFormat, PinFieldForm>> = {
  'iso-0': { control: 0x0, fill: 0xf, length: 8 },
  'iso-4': { control: 0x4, fill: 0xa, length: 8 },
  'sm4-0': { control: 0x0, fill: 0xf, length: 16 },
};
const MIN_DIGITS = 4;
const MAX_DIGITS = 12;

/** The PAN as it is mixed into a block. A PAN of less than 12 digits stands in format 4 with zeros before it. */
function panField(pan: Pan, format: PinBlockFormat, blockSize: number): Uint8Array {
  const digits = pan.reveal();
  if (format !== 'iso-4')
    return hex(
      digits
        .slice(0, -1)
        .slice(-12)
        .padStart(blockSize * 2, '0'),
    );
  const above = Math.max(0, digits.length - 12);
  return hex(`${above}${digits.padStart(12, '0')}`.padEnd(blockSize * 2, '0'));
}

/** Half a byte, counted from the left. */
function nibble(bytes: Uint8Array, at: number): number {
  const byte = bytes[at >> 1] ?? 0;
  return at % 2 === 0 ? byte >> 4 : byte & 0x0f;
}

function isPinField(field: Uint8Array, { control, fill, length }: PinFieldForm): boolean {
  const count = nibble(field, 1);
  if (nibble(field, 0) !== control || count < MIN_DIGITS || count > MAX_DIGITS) return false;
  for (let at = 2; at < length * 2; at++) {
    const value = nibble(field, at);
    if (at < 2 + count ? value > 9 : value !== fill) return false;
  }
  return true;
}

function fieldOf(digits: Uint8Array, { control, fill, length }: PinFieldForm): Uint8Array {
  const field = new Uint8Array(length).fill((fill << 4) | fill);
  field[0] = (control << 4) | digits.length;
  for (const [at, digit] of digits.entries()) {
    const place = 1 + (at >> 1);
    const value = digit & 0x0f;
    field[place] = at % 2 === 0 ? (value << 4) | fill : ((field[place] ?? 0) & 0xf0) | value;
  }
  return field;
}

/** The PIN field of a PIN in ASCII digits: 0, its length, its digits, then F to `length` bytes. */
export function pinField(digits: Uint8Array, length: number): Uint8Array {
  return fieldOf(digits, { ...FORMS['iso-0'], length });
}

/** Throws RangeError on anything but 4 to 12 ASCII digits. */
export function assertPin(digits: Uint8Array): void {
  const fits = digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS;
  if (!fits || digits.some((digit) => digit < 0x30 || digit > 0x39)) throw new RangeError('not a PIN');
}

function mixIn(block: Uint8Array, field: Uint8Array): void {
  for (const [at, byte] of field.entries()) block[at] = (block[at] ?? 0) ^ byte;
}

/** The clear field of a block: its PIN field, and in format 4 random bytes behind it. */
function deciphered({ block, format, key, pan }: EncipheredPin): Uint8Array {
  const { blockSize, decrypt } = cipherOf(PIN_BLOCK_CIPHER[format]);
  const field = decrypt(key, block);
  mixIn(field, panField(pan, format, blockSize));
  if (format !== 'iso-4') return field;
  const clear = decrypt(key, field);
  field.fill(0);
  return clear;
}

interface EncipheredPin {
  readonly block: Uint8Array;
  readonly format: PinBlockFormat;
  readonly key: Uint8Array;
  readonly pan: Pan;
}

/**
 * Is the PIN in an enciphered block the card's? `key` is the PIN key, 16 bytes; `reference` the right PIN, 4 to 12 ASCII
 * digits. The clear PIN exists only inside this call and is compared in constant time. Never throws on what a terminal
 * sends; throws RangeError on a reference that is no PIN or a key of another length.
 */
export function checkPinBlock(input: EncipheredPin & { readonly reference: Secret }): PinVerdict {
  const form = FORMS[input.format];
  if (input.block.length !== cipherOf(PIN_BLOCK_CIPHER[input.format]).blockSize) return { kind: 'malformed' };
  const clear = deciphered(input);
  const field = clear.subarray(0, form.length);
  try {
    if (!isPinField(field, form)) return { kind: 'malformed' };
    return input.reference.use((digits) => {
      assertPin(digits);
      const expected = fieldOf(digits, form);
      const right = equalSecrets(field, expected);
      expected.fill(0);
      return { kind: right ? 'right' : 'wrong' };
    });
  } finally {
    clear.fill(0);
  }
}

/**
 * The block of a PIN (4 to 12 ASCII digits) in format `iso-0`, 8 bytes, as a PIN pad makes it; `key` is the PIN key, 16 bytes.
 * Only a pad for trials has its PIN key outside. Throws RangeError on what is no PIN.
 */
export function makePinBlock(pin: Secret, pan: Pan, key: Uint8Array): Secret {
  const { blockSize, encrypt } = cipherOf(PIN_BLOCK_CIPHER['iso-0']);
  return pin.use((digits) => {
    assertPin(digits);
    const field = fieldOf(digits, FORMS['iso-0']);
    mixIn(field, panField(pan, 'iso-0', blockSize));
    const block = new Secret(encrypt(key, field));
    field.fill(0);
    return block;
  });
}
