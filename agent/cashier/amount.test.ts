import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOf, EMPTY_ENTRY, type EntryKey, keepAmount, MAX_DIGITS, typeKey, yuan } from './amount.ts';

const typed = (...keys: EntryKey[]) => keys.reduce(typeKey, EMPTY_ENTRY);

describe('the amount as it is keyed', () => {
  it.each<[EntryKey[], number]>([
    [[], 0],
    [['0'], 0],
    [['00', '5'], 5],
    [['1', '2', '8', '0'], 1280],
    [['1', '00'], 100],
    [['1', '2', 'backspace'], 1],
    [['backspace'], 0],
    [['9', '9', 'clear'], 0],
    [['9', '9', 'clear', '7'], 7],
  ])('%j is %i fen', (keys, amountMinor) => {
    expect(amountOf(typed(...keys))).toBe(amountMinor);
  });

  it('takes no digit beyond the eighth, says so, and forgets it with the next key', () => {
    const eight = typed('1', '2', '3', '4', '5', '6', '7', '8');
    const nine = typeKey(eight, '9');
    expect(nine).toEqual({ digits: '12345678', kept: false, full: true });
    expect(typeKey(nine, 'backspace')).toEqual({ digits: '1234567', kept: false, full: false });
  });

  it('takes neither nought of 00 when only one would fit', () => {
    expect(typeKey(typed('1', '2', '3', '4', '5', '6', '7'), '00')).toEqual({
      digits: '1234567',
      kept: false,
      full: true,
    });
  });

  it('replaces a kept amount by the first digit, but lets backspace correct it', () => {
    expect(typeKey(keepAmount(1280), '5').digits).toBe('5');
    expect(typeKey(keepAmount(1280), 'backspace').digits).toBe('128');
  });

  it.each([0, -1, 123_456_789])('does not keep %i', (amountMinor) => {
    expect(keepAmount(amountMinor)).toEqual(EMPTY_ENTRY);
  });

  it('agrees with reading the digits as a number', () => {
    const digit = fc.constantFrom<EntryKey>('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
    fc.assert(
      fc.property(fc.array(digit, { maxLength: MAX_DIGITS }), (keys) => {
        expect(amountOf(typed(...keys))).toBe(Number(keys.join('')));
      }),
    );
  });
});

describe('fen as yuan', () => {
  it.each([
    [0, '¥0.00'],
    [5, '¥0.05'],
    [1280, '¥12.80'],
    [100_000, '¥1,000.00'],
    [123_456_789, '¥1,234,567.89'],
    [-250, '−¥2.50'],
  ])('%i is %s', (amountMinor, text) => {
    expect(yuan(amountMinor)).toBe(text);
  });
});
