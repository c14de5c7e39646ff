import { describe, expect, it } from 'vitest';
import { goldenCard, gpo, TAP } from './golden-card.ts';

describe('READ RECORD', () => {
  it.each([
    ['record 0', '00B2001400', '6A86'],
    ['by record identifier', '00B2011000', '6A86'],
    ['SFI 0', '00B2010400', '6A86'],
    ['SFI 31', '00B201FC00', '6A86'],
    ['a record that is not there', '00B2041400', '6A83'],
    ['a file that is not there', '00B2012400', '6A82'],
    ['the record of a payment without one', '00B2013400', '6985'],
    ['an empty log', '00B2015C00', '6A83'],
    ['with data', '00B201140101', '6700'],
    ['another class', '80B2011400', '6E00'],
  ])('%s', (_, command, sw) => {
    const { says } = goldenCard();
    says(TAP.select);
    expect(says(command)).toBe(sw);
  });

  it('needs an application', () => {
    const { says } = goldenCard();
    expect(says('00B2011400')).toBe('6985');
    says(TAP.ppse);
    expect(says('00B2011400')).toBe('6985');
  });

  it('reads static records before GPO', () => {
    const { says } = goldenCard();
    says(TAP.select);
    expect(says('00B2011400')).toBe('700B8F01F19F3201039F4701039000');
  });

  it('keeps the last ten payments, newest first', () => {
    const { says, memory } = goldenCard();
    for (let fen = 1; fen <= 12; fen++) {
      says(TAP.select);
      says(gpo('26000080', String(fen).padStart(12, '0')));
      says(TAP.last);
    }
    expect(memory()?.balance).toBe(5000 - 78);
    const amounts = Array.from({ length: 10 }, (_, at) => says(`00B2${(at + 1).toString(16).padStart(2, '0')}5C00`));
    expect(amounts.map((entry) => Number(entry.slice(12, 24)))).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(amounts.every((entry) => entry.length === 94 && entry.endsWith('9000'))).toBe(true);
    expect(says('00B20B5C00')).toBe('6A83');
  });
});
