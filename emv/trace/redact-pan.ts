import { TAG } from '../dictionary/index.ts';
import { toHex } from '../values/index.ts';

/** A number as short as that would be found by chance. */
const MIN_PAN = 8;
const FIRST_SHOWN = 6;
const LAST_SHOWN = 4;
/** What stands in place of the hidden digits, whatever they were. Not zeros: short account numbers have those themselves. */
const FILLING = '9876543210987654321';

/** The PAN in the value of 5A or 57, digits; undefined for other tags, and when there is none. */
export function panOf(tag: number, value: Uint8Array): string | undefined {
  if (tag !== TAG.pan && tag !== TAG.track2) return undefined;
  const digits = /^[0-9]+/.exec(toHex(value))?.[0];
  return digits !== undefined && digits.length >= MIN_PAN ? digits : undefined;
}

/** PANs on what looks like track 2 in bytes that are no TLV. */
export function trackLike(bytes: Uint8Array): readonly string[] {
  return Array.from(toHex(bytes).matchAll(/([0-9]{12,19})D[0-9]{4}/g), ([, pan = '']) => pan);
}

/** As many digits: the first six and last four stay, as on a receipt; of a number too short for that, none. */
function replacementFor(pan: string): string {
  if (pan.length < FIRST_SHOWN + LAST_SHOWN + 2) return FILLING.slice(0, pan.length);
  const hidden = pan.length - FIRST_SHOWN - LAST_SHOWN;
  return `${pan.slice(0, FIRST_SHOWN)}${FILLING.slice(0, hidden)}${pan.slice(-LAST_SHOWN)}`;
}

/** Writes hex digits into bytes from the nth nibble on. */
export function writeDigits(bytes: Uint8Array, from: number, digits: string): void {
  for (const [at, digit] of Array.from(digits).entries()) {
    const index = (from + at) >> 1;
    const nibble = Number.parseInt(digit, 16);
    const old = bytes[index] ?? 0;
    bytes[index] = (from + at) % 2 === 0 ? (nibble << 4) | (old & 0x0f) : (old & 0xf0) | nibble;
  }
}

const asCharacters = (digits: string): string => toHex(new TextEncoder().encode(digits));

/** Replaces these PANs wherever they stand: packed decimal at any nibble, and characters. Writes to the bytes. */
export function hidePans(pans: ReadonlySet<string>, bytes: Uint8Array): void {
  for (const pan of pans) {
    for (const form of [(digits: string) => digits, asCharacters]) {
      const [wanted, instead] = [form(pan), form(replacementFor(pan))];
      // The replacement holds no PAN, so the search moves on.
      for (let at = toHex(bytes).indexOf(wanted); at >= 0; at = toHex(bytes).indexOf(wanted, at + 1)) {
        writeDigits(bytes, at, instead);
      }
    }
  }
}
