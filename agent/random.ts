import { readUint } from '../emv/values/index.ts';

/** Gives `length` unpredictable bytes. */
export type Random = (length: number) => Uint8Array;

/** A number from 0 (inclusive) to 1 (exclusive), of 32 bits. */
export const fraction = (random: Random): number => readUint(random(4)) / 2 ** 32;

/** A UUID of version 4 (RFC 9562 §5.4). */
export function uuid(random: Random): string {
  const bytes = random(16).map((byte, at) =>
    at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte,
  );
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
