import { describe, expect, it } from 'vitest';
import { goldenCard, TAP } from './golden-card.ts';

const LAST = '70149F74064543433030319F690801A1B2C3D40000009000';

const LONG_SIGNATURE = { chain: { ca: 'F1', issuer: 'issuer-1408', card: 'icc-1152' } } as const;

describe('a card torn from the field', () => {
  it('before the debit: balance as it was, ATC moved, and reading the record later takes nothing', () => {
    const { card, says, memory } = goldenCard();
    says(TAP.select);
    says(TAP.gpo);
    says('00B2011C00');
    card.power();
    expect(says(TAP.last)).toBe('6985');
    says(TAP.select);
    expect(says('80CA9F3600')).toBe('9F360200079000');
    expect(says('80CA9F7900')).toBe('9F79060000000050009000');
    expect(says(TAP.last)).toBe('6985');
    expect(memory()?.balance).toBe(5000);
  });

  it('after the debit: the records of the saved AFL are there after SELECT, without GPO, and take nothing more', () => {
    const { card, says, memory } = goldenCard(LONG_SIGNATURE);
    says(TAP.select);
    says(TAP.gpo);
    const signature = says('00B2013400');
    const last = says('00B2023400');
    card.power();
    says(TAP.select);
    expect(says('80CA9F3600')).toBe('9F360200079000');
    expect(says('80CA9F7900')).toBe('9F79060000000037509000');
    expect(says('00B2013400')).toBe(signature);
    expect(says('00B2023400')).toBe(last);
    expect(last).toBe(LAST);
    expect(memory()?.balance).toBe(3750);
  });

  it('the next GPO ends that, even when it approves nothing', () => {
    const { card, says, memory } = goldenCard();
    says(TAP.select);
    says(TAP.gpo);
    says(TAP.last);
    card.power();
    says(TAP.select);
    expect(says(TAP.last)).toBe(LAST);
    says(TAP.gpo.replace('26000080', '26800080'));
    expect(says(TAP.last)).toBe('6985');
    expect(memory()).toMatchObject({ balance: 3750, atc: 8, lastPayment: [] });
  });

  it('selecting again instead of reading the last record drops the payment', () => {
    const { says, memory } = goldenCard();
    says(TAP.select);
    says(TAP.gpo);
    says(TAP.select);
    expect(says(TAP.last)).toBe('6985');
    expect(memory()?.balance).toBe(5000);
  });
});
