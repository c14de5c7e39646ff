import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMNS, lineBytes } from './columns.ts';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('a line of a customer display', () => {
  it('is padded with blanks', () => {
    expect(hexOf(lineBytes('Paid', 'ascii'))).toBe(`50616964${'20'.repeat(16)}`);
  });

  it('is GB 18030, a Chinese character in two columns', () => {
    // 请刷卡 and 12.80 元, by the table of GB 2312.
    expect(hexOf(lineBytes('请刷卡 12.80元', 'gb18030'))).toBe(
      `${'c7ebcba2bfa8'}20${'31322e3830'}d4aa${'20'.repeat(6)}`,
    );
  });

  it.each([
    ['is cut after twenty columns', '江都购物卡欢迎光临店', 'bdadb6bcb9baceefbfa8bbb6d3adb9e2c1d9b5ea'],
    ['is never cut within a character', '1江都购物卡欢迎光临店', '31bdadb6bcb9baceefbfa8bbb6d3adb9e2c1d920'],
    ['has ? for what a display has not', '\u0007€é😀', `3fa2e3a8a63f${'20'.repeat(14)}`],
  ])('%s', (_, text, expected) => {
    expect(hexOf(lineBytes(text, 'gb18030'))).toBe(expected);
  });

  it('has no Chinese where the display has none', () => {
    expect(hexOf(lineBytes('卡1', 'ascii'))).toBe(`3f31${'20'.repeat(18)}`);
  });

  it('is always twenty bytes without a control character, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('ascii', 'gb18030'), (text, set) => {
        const line = lineBytes(text, set);
        expect(line).toHaveLength(COLUMNS);
        expect(line.every((byte) => byte >= 0x20 && byte !== 0x7f)).toBe(true);
      }),
    );
  });
});
