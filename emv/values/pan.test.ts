import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPan, Pan } from './pan.ts';

const DIGITS = '6299990000001234567';
const pan = Pan.parse(DIGITS) ?? expect.fail('no PAN');

describe('Pan', () => {
  it.each(['62999900', DIGITS])('%s is one', (digits) => {
    expect(Pan.parse(digits)?.reveal()).toBe(digits);
  });

  it.each(['', '6299990', '62999900000012345678', '62999900F', '6299 9900', '６２９９９９００'])(
    '%j is none',
    (digits) => {
      expect(Pan.parse(digits)).toBeUndefined();
    },
  );

  it('compares by its digits', () => {
    expect(pan.equals(Pan.parse(DIGITS) ?? expect.fail())).toBe(true);
    expect(pan.equals(Pan.parse('6299990000001234568') ?? expect.fail())).toBe(false);
  });

  it.each([
    ['String', String(pan)],
    ['a template', `${pan}`],
    ['concatenation', `PAN ${pan}`],
    ['JSON', JSON.stringify({ card: { pan } })],
    ['inspect', inspect({ card: { pan } }, { depth: 9, showHidden: true })],
    ['an error', String(new Error(`card ${pan}`))],
    ['its own properties', inspect(Object.entries(pan))],
  ])('shows its masked form in %s', (_, text) => {
    expect(text).not.toContain('000000123');
    expect(text).not.toContain(DIGITS);
  });

  it('shows its masked form', () => {
    expect(pan.masked).toBe('629999*********4567');
    expect(inspect(pan)).toBe('629999*********4567');
  });
});

describe('maskPan', () => {
  it.each([
    ['4111111111111111', '411111******1111'],
    ['629999001234', '629999**1234'],
    ['62999900123', '*******0123'],
    ['1234', '1234'],
    ['12', '12'],
    ['', ''],
  ])('%s', (digits, masked) => {
    expect(maskPan(digits)).toBe(masked);
  });

  it('keeps the length and shows ten digits at most', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{8,19}$/), (digits) => {
        const masked = maskPan(digits);
        expect(masked.length).toBe(digits.length);
        expect(masked.replaceAll('*', '').length).toBeLessThanOrEqual(10);
      }),
    );
  });
});
