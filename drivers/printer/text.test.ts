import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableBytes, printedColumns, wrapped } from './text.ts';

const hexOf = (text: string): string => Buffer.from(printableBytes(text)).toString('hex');

describe('the bytes of a text', () => {
  it.each([
    ['RMB 12.80', '524d422031322e3830'],
    ['商户存根', 'c9ccbba7b4e6b8f9'],
    ['江都购物卡', 'bdadb6bcb9baceefbfa8'],
    ['￥', 'a3a4'],
    ['¥', '3f'],
    ['a😀b', '613f62'],
    ['\ud83d', '3f'],
  ])('%s', (text, hex) => {
    expect(hexOf(text)).toBe(hex);
  });

  it('are none of a command, whatever the text', () => {
    expect(hexOf('a\x1b@b\x1dV\x00c\x10\x04\x01d\n\r\t\x7f\x80e\u2028f\u200bg')).toBe(
      '61406256636465666 7'.replace(' ', ''),
    );
    const anything = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('\x1b', '\x1d', '\x10')),
    });
    fc.assert(
      fc.property(anything, (text) => {
        expect(printableBytes(text).every((byte) => byte >= 0x20 && byte !== 0x7f)).toBe(true);
      }),
    );
  });
});

describe('lines', () => {
  it.each([
    ['short', 10, ['short']],
    ['', 10, ['']],
    ['a name of several words', 10, ['a name of', 'several', 'words']],
    ['商户名称很长很长', 10, ['商户名称很', '长很长']],
    ['ab商户名称', 5, ['ab商', '户名', '称']],
    ['6299990000000012', 10, ['6299990000', '000012']],
  ])('%s in %i columns', (text, columns, lines) => {
    expect(wrapped(text, columns)).toEqual(lines);
  });

  it('always fit, and lose nothing but blanks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '卡', '，') }),
        fc.integer({ min: 8, max: 48 }),
        (text, columns) => {
          const lines = wrapped(text, columns);
          for (const line of lines) expect(printedColumns(line)).toBeLessThanOrEqual(columns);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});
