import { bcd, parseBcd } from './bcd.ts';

/** An amount of money in fen (1/100 yuan): a non-negative integer. */
export type Fen = number & { readonly unit: 'fen' };

/** The largest amount tag 9F02 holds: n12. */
export const MAX_FEN = 999_999_999_999;

/** Checks that a number is an amount: a whole number of fen, 0 to MAX_FEN. */
export function isFen(value: number): value is Fen {
  return Number.isSafeInteger(value) && value >= 0 && value <= MAX_FEN;
}

/** An amount that is known to be one. Throws RangeError otherwise. */
export function fen(value: number): Fen {
  if (!isFen(value)) throw new RangeError(`${value} is not an amount in fen`);
  return value;
}

/** Six bytes, n12, as in 9F02 and 9F79. */
export function amountBytes(amount: Fen): Uint8Array {
  return bcd(amount, 6);
}

/** Reads an n12 amount of exactly six bytes; undefined when it is not one. */
export function parseAmount(bytes: Uint8Array): Fen | undefined {
  const value = bytes.length === 6 ? parseBcd(bytes) : undefined;
  return value !== undefined && isFen(value) ? value : undefined;
}
