import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, duration, pairs, table, yuan } from './text.ts';

describe('text for people', () => {
  it.each([
    ['abc', 3],
    ['读卡器', 6],
    ['¥12.80', 6],
    ['Ａ１', 4],
    ['', 0],
  ])('%j takes %i columns', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it('aligns a table with Chinese in it', () => {
    const columns = [{ title: 'NAME' }, { title: 'SUM', align: 'right' }, { title: 'STATE' }] as const;
    expect(
      table(columns, [
        ['读卡器', '¥5.00', 'empty'],
        ['reader', '¥12.80', 'card'],
      ]),
    ).toEqual(['NAME       SUM  STATE', '读卡器   ¥5.00  empty', 'reader  ¥12.80  card']);
  });

  it('prints nothing that a terminal would act on', () => {
    expect(pairs([['Reader', 'evil\u001b[2J\nname']])).toEqual(['Reader  evil\uFFFD[2J\uFFFDname']);
  });

  it('keeps every column of a table at one place, whatever is in the cells', () => {
    const cell = fc.stringMatching(/^[a-z读卡器¥]{1,8}$/u);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        const lines = table([{ title: 'A' }, { title: 'B' }], rows);
        const starts = lines.map((line, at) => {
          const second = at === 0 ? 'B' : (rows[at - 1]?.[1] ?? '');
          return columnsOf(line) - columnsOf(second);
        });
        expect(new Set(starts).size).toBe(1);
      }),
    );
  });

  it.each([
    [0, '¥0.00'],
    [5, '¥0.05'],
    [1_280, '¥12.80'],
    [123_456_789, '¥1,234,567.89'],
  ])('%i fen is %s', (amountMinor, text) => {
    expect(yuan(amountMinor)).toBe(text);
  });

  it.each([
    [59, '59 s'],
    [60, '1 min'],
    [3_600, '1 h'],
    [86_399, '23 h'],
    [86_400, '1 d'],
  ])('%i seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
