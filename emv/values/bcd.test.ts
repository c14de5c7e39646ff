import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bcd, parseBcd, parseCompressedNumeric } from './bcd.ts';
import { hex, toHex } from './bytes.ts';

describe('format n', () => {
  it.each([
    [0, 1, '00'],
    [7, 1, '07'],
    [99, 1, '99'],
    [1250, 6, '000000001250'],
    [999_999_999_999, 6, '999999999999'],
  ])('%i in %i bytes', (value, length, text) => {
    expect(toHex(bcd(value, length))).toBe(text);
    expect(parseBcd(hex(text))).toBe(value);
  });

  it.each([
    [100, 1],
    [-1, 1],
    [1.5, 2],
    [Number.NaN, 2],
    [1e21, 20],
  ])('%d does not fit %i bytes', (value, length) => {
    expect(() => bcd(value, length)).toThrow(RangeError);
  });

  it.each(['', '0A', 'F0', '9999999999999999'])('%j is no number', (text) => {
    expect(parseBcd(hex(text))).toBeUndefined();
  });

  it('reads what it wrote', () => {
    fc.assert(fc.property(fc.nat(999_999_999), (value) => parseBcd(bcd(value, 6)) === value));
  });
});

describe('format cn', () => {
  it.each([
    ['6299990000001234567F', '6299990000001234567'],
    ['41111111111111111111', '41111111111111111111'],
    ['62FFFF', '62'],
    ['FF', ''],
    ['', ''],
  ])('%s', (text, digits) => {
    expect(parseCompressedNumeric(hex(text))).toBe(digits);
  });

  it.each(['6F29', 'F6', '62D0', '6A'])('%s is none', (text) => {
    expect(parseCompressedNumeric(hex(text))).toBeUndefined();
  });

  it('any bytes: digits, or nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        expect(parseCompressedNumeric(bytes) ?? '').toMatch(/^[0-9]*$/);
        void parseBcd(bytes);
      }),
    );
  });
});
