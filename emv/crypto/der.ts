import { concat } from '../values/index.ts';

const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** A non-negative INTEGER from 1 to 126 big-endian bytes; superfluous leading zeros are left out. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  const negative = ((digits[0] ?? 0) & 0x80) !== 0;
  const value = negative ? concat(Uint8Array.of(0), digits) : digits;
  return concat(Uint8Array.of(INTEGER, value.length), value);
}

/** A SEQUENCE of parts that have up to 127 bytes together. */
export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  return concat(Uint8Array.of(SEQUENCE, body.length), body);
}

/** The two INTEGERs of a DER signature (of our own making, so trusted), each right-justified in 32 bytes. */
export function derToPair(der: Uint8Array): Uint8Array {
  const pair = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const value = der.subarray(at + 2, at + 2 + length).slice(-32);
    pair.set(value, end - value.length);
    at += 2 + length;
  }
  return pair;
}
