import { toHex } from './bytes.ts';

const DIGIT_MAX = 9;
/** Characters of hex: F, and 9, above which come the letters. */
const FILL = 0x46;
const NINE = 0x39;

/** Packed decimal, right-justified in `length` bytes (format n). Throws RangeError when it does not fit. */
export function bcd(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at--) {
    const pair = rest % 100;
    bytes[at] = Math.floor(pair / 10) * 16 + (pair % 10);
    rest = Math.floor(rest / 100);
  }
  if (!Number.isSafeInteger(value) || value < 0 || rest > 0) {
    throw new RangeError(`${value} does not fit ${length} bytes of packed decimal`);
  }
  return bytes;
}

/** Reads packed decimal (format n); undefined when a nibble is not a digit or the number is not a safe integer. */
export function parseBcd(bytes: Uint8Array): number | undefined {
  if (bytes.length === 0) return undefined;
  let value = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const [high, low] = [byte >> 4, byte & 0x0f];
    if (high > DIGIT_MAX || low > DIGIT_MAX) return undefined;
    value = value * 100 + high * 10 + low;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Reads digits padded with F on the right (format cn, as in PAN and track 2); undefined when it is anything else. */
export function parseCompressedNumeric(bytes: Uint8Array): string | undefined {
  const text = toHex(bytes);
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === FILL) end--;
  for (let at = 0; at < end; at++) if (text.charCodeAt(at) > NINE) return undefined;
  return text.slice(0, end);
}
