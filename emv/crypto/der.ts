import { concat } from '../values/index.ts';

const INTEGER = 0x02;
const SEQUENCE = 0x30;

function derLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100 ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

/** A non-negative INTEGER from big-endian bytes of any length from 1; superfluous leading zeros are left out. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  const negative = ((digits[0] ?? 0) & 0x80) !== 0;
  const value = negative ? concat(Uint8Array.of(0), digits) : digits;
  return concat(Uint8Array.of(INTEGER), derLength(value.length), value);
}

export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  return concat(Uint8Array.of(SEQUENCE), derLength(body.length), body);
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
