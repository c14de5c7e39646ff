import { parseHex, toHex } from './bytes.ts';

/** Packed decimal, right-justified in `length` bytes (format n). Throws RangeError when it does not fit. */
export function bcd(value: number, length: number): Uint8Array {
  const digits = String(value).padStart(length * 2, '0');
  const bytes = parseHex(digits);
  if (!Number.isSafeInteger(value) || value < 0 || bytes === undefined || bytes.length !== length) {
    throw new RangeError(`${value} does not fit ${length} bytes of packed decimal`);
  }
  return bytes;
}

/** Reads packed decimal (format n); undefined when a nibble is not a digit or the number is not a safe integer. */
export function parseBcd(bytes: Uint8Array): number | undefined {
  const digits = toHex(bytes);
  if (!/^[0-9]+$/.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Reads digits padded with F on the right (format cn, as in PAN and track 2); undefined when it is anything else. */
export function parseCompressedNumeric(bytes: Uint8Array): string | undefined {
  return /^([0-9]*)F*$/.exec(toHex(bytes))?.[1];
}
