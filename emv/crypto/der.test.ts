import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { derInteger, derSequence, derToPair } from './der.ts';

describe('derInteger', () => {
  it.each([
    ['00', '020100'],
    ['0000', '020100'],
    ['7F', '02017F'],
    ['80', '02020080'],
    ['000080', '02020080'],
    ['0001', '020101'],
    ['FF'.repeat(32), `022100${'FF'.repeat(32)}`],
  ])('of %s', (bytes, der) => {
    expect(toHex(derInteger(hex(bytes)))).toBe(der);
  });
});

describe('derToPair', () => {
  it.each([
    ['300602010102017F', `${'01'.padStart(64, '0')}${'7F'.padStart(64, '0')}`],
    ['300702020080020101', `${'80'.padStart(64, '0')}${'01'.padStart(64, '0')}`],
  ])('of %s', (der, pair) => {
    expect(toHex(derToPair(hex(der)))).toBe(pair);
  });

  it('is the reverse of two integers in a sequence', () => {
    const number = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(number, number, (r, s) => {
        expect(toHex(derToPair(derSequence(derInteger(r), derInteger(s))))).toBe(toHex(r) + toHex(s));
      }),
    );
  });
});
