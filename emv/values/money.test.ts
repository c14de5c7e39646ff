import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from './bytes.ts';
import { amountBytes, fen, isFen, MAX_FEN, parseAmount } from './money.ts';

describe('fen', () => {
  it.each([0, 1, 1250, MAX_FEN])('%i is an amount', (value) => {
    expect(fen(value)).toBe(value);
  });

  it.each([-1, 0.5, MAX_FEN + 1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is none', (value) => {
    expect(isFen(value)).toBe(false);
    expect(() => fen(value)).toThrow(RangeError);
  });
});

describe('amounts in bytes', () => {
  it.each([
    ['000000000000', 0],
    ['000000001250', 1250],
    ['999999999999', MAX_FEN],
  ])('%s', (text, value) => {
    expect(parseAmount(hex(text))).toBe(value);
    expect(toHex(amountBytes(fen(value)))).toBe(text);
  });

  it.each(['', '1250', '00000000125A', '00000000001250'])('%j is none', (text) => {
    expect(parseAmount(hex(text))).toBeUndefined();
  });

  it('any bytes: an amount, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        const value = parseAmount(bytes);
        if (value !== undefined) expect(amountBytes(value)).toEqual(bytes);
      }),
    );
  });
});
