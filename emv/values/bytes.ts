/** Joins byte strings into a new one. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Compares content; not constant-time, so not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** The two digits of each byte: a look-up is many times faster than making them. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, '0'),
);

/** Upper-case hex, no separators. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += HEX[bytes[at] ?? 0];
  return text;
}

/** What a digit's character code stands for, 255 for any other character: a look-up is many times faster than reading numbers. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 255 : digit;
});

/** Reads hex of either case, white space allowed; undefined when it is not hex or has an odd number of digits. */
export function parseHex(text: string): Uint8Array | undefined {
  return parseDigits(text) ?? (/\s/.test(text) ? parseDigits(text.replace(/\s+/g, '')) : undefined);
}

function parseDigits(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    const high = DIGITS[text.charCodeAt(2 * at)] ?? 255;
    const low = DIGITS[text.charCodeAt(2 * at + 1)] ?? 255;
    if (high > 15 || low > 15) return undefined;
    bytes[at] = high * 16 + low;
  }
  return bytes;
}

/** Reads hex that is known to be right, as in tables and tests. Throws RangeError otherwise. */
export function hex(text: string): Uint8Array {
  const bytes = parseHex(text);
  if (bytes === undefined) throw new RangeError(`not hex: ${text.length} characters`);
  return bytes;
}

/** Big-endian unsigned number of at most six bytes. */
export function readUint(bytes: Uint8Array): number {
  if (bytes.length > 6) throw new RangeError(`${bytes.length} bytes do not fit a number`);
  let value = 0;
  for (let at = 0; at < bytes.length; at++) value = value * 256 + (bytes[at] ?? 0);
  return value;
}

/** Big-endian unsigned number in exactly `length` bytes. Throws RangeError when it does not fit. */
export function uintBytes(value: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** length) {
    throw new RangeError(`${value} does not fit ${length} bytes`);
  }
  const bytes = new Uint8Array(length);
  for (let at = length - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}
