import { hex } from '../../../emv/values/index.ts';

/** ISO 9564 format 2: 2 ‖ number of digits ‖ digits ‖ F… , 8 bytes. `pin`: 4 to 12 digits. */
export const referenceBlock = (pin: string): Uint8Array => block('2', pin);

/** The block in which an issuer script brings a new PIN: 0 ‖ number of digits ‖ digits ‖ F… , 8 bytes. */
const block = (control: '0' | '2', pin: string): Uint8Array =>
  hex(`${control}${pin.length.toString(16)}${pin.padEnd(14, 'F')}`);

/** The digits in the block of an issuer script; undefined when it is none. */
export function digitsOf(bytes: Uint8Array): string | undefined {
  const nibbles = [...bytes].flatMap((byte) => [byte >> 4, byte & 0x0f]);
  const [control, length = 0] = nibbles;
  const digits = nibbles.slice(2, 2 + length);
  const filled = nibbles.slice(2 + length).every((nibble) => nibble === 0x0f);
  const isPin = control === 0 && length >= 4 && length <= 12 && digits.every((digit) => digit <= 9) && filled;
  return isPin && bytes.length === 8 ? digits.join('') : undefined;
}
