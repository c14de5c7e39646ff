import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes, hex, parseHex, readUint, toHex, uintBytes } from './bytes.ts';

describe('hex', () => {
  it.each([
    ['', []],
    ['00', [0]],
    ['0aFf', [10, 255]],
    [' 9F 36\n02 ', [0x9f, 0x36, 2]],
  ])('reads %j', (text, bytes) => {
    expect(parseHex(text)).toEqual(Uint8Array.from(bytes));
  });

  it.each(['0', '0g', '0x00', '12 3', '１２', '-1', '1.'])('refuses %j', (text) => {
    expect(parseHex(text)).toBeUndefined();
    expect(() => hex(text)).toThrow(RangeError);
  });

  it('never says in an error what it could not read', () => {
    expect(() => hex('6299990000001234567')).toThrow(/^not hex: 19 characters$/);
  });

  it('writes upper case and leading zeros', () => {
    expect(toHex(Uint8Array.of(0, 10, 255))).toBe('000AFF');
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) =>
        equalBytes(parseHex(toHex(bytes)) ?? Uint8Array.of(1, 1), bytes),
      ),
    );
  });

  it('any text: bytes, or nothing', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseHex(text)));
  });
});

describe('concat', () => {
  it('joins, and copies', () => {
    const part = Uint8Array.of(1, 2);
    const joined = concat(part, new Uint8Array(), Uint8Array.of(3));
    part[0] = 9;
    expect(joined).toEqual(Uint8Array.of(1, 2, 3));
    expect(concat()).toEqual(new Uint8Array());
  });
});

describe('equalBytes', () => {
  it.each([
    ['', '', true],
    ['01', '01', true],
    ['01', '02', false],
    ['01', '0100', false],
    ['0100', '01', false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(equalBytes(hex(a), hex(b))).toBe(same);
  });
});

describe('numbers', () => {
  it.each([
    [0, 1, '00'],
    [255, 1, 'FF'],
    [256, 2, '0100'],
    [0x0adc, 4, '00000ADC'],
    [2 ** 48 - 1, 6, 'FFFFFFFFFFFF'],
    [0, 0, ''],
  ])('%i in %i bytes', (value, length, text) => {
    expect(toHex(uintBytes(value, length))).toBe(text);
    expect(readUint(hex(text))).toBe(value);
  });

  it.each([
    [256, 1],
    [-1, 2],
    [1.5, 2],
    [Number.NaN, 2],
    [1, 0],
    [2 ** 53, 8],
  ])('%d does not fit %i bytes', (value, length) => {
    expect(() => uintBytes(value, length)).toThrow(RangeError);
  });

  it('seven bytes are no safe number', () => {
    expect(() => readUint(new Uint8Array(7))).toThrow(RangeError);
  });
});
