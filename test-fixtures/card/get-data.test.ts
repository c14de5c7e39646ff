import { describe, expect, it } from 'vitest';
import { goldenCard, TAP } from './golden-card.ts';

describe('GET DATA', () => {
  it.each([
    ['ATC', '80CA9F3600', '9F3602 0006 9000'],
    ['last online ATC', '80CA9F1300', '9F1302 0001 9000'],
    ['PIN tries', '80CA9F1700', '9F1701 03 9000'],
    ['log format', '80CA9F4F00', '9F4F19 9A039F21039F02069F03069F1A025F2A029F4E149C019F3602 9000'],
    ['load log format', '80CADF4F00', 'DF4F0E 9A039F21039F1A029F4E149F3602 9000'],
    ['currency', '80CA9F5100', '9F5102 0156 9000'],
    ['available offline amount', '80CA9F5D00', '9F5D06 000000005000 9000'],
    ['card CVM limit', '80CA9F6B00', '9F6B06 000000003000 9000'],
    ['reset threshold', '80CA9F6D00', '9F6D06 000000000100 9000'],
    ['balance limit', '80CA9F7700', '9F7706 000000100000 9000'],
    ['single limit', '80CA9F7800', '9F7806 000000050000 9000'],
    ['balance', '80CA9F7900', '9F7906 000000005000 9000'],
    ['a tag it does not know', '80CA9F7F00', '6A88'],
    ['the PIN', '80CA9F0000', '6A88'],
  ])('%s', (_, command, answer) => {
    const { says } = goldenCard({
      risk: { cvmLimit: 3000, resetThreshold: 100, balanceLimit: 100_000, singleLimit: 50_000 },
    });
    says(TAP.select);
    expect(says(command)).toBe(answer.replaceAll(' ', ''));
  });

  it('needs an application', () => {
    const { says } = goldenCard();
    expect(says('80CA9F7900')).toBe('6985');
    says(TAP.ppse);
    expect(says('80CA9F7900')).toBe('6985');
  });

  it('takes no data and another class is not its own', () => {
    const { says } = goldenCard();
    says(TAP.select);
    expect(says('80CA9F790101')).toBe('6700');
    expect(says('00CA9F7900')).toBe('6E00');
  });

  it('a card that shows no balance shows it nowhere', () => {
    const { says } = goldenCard({ showsBalance: false, cryptogram: { withBalance: false } });
    says(TAP.select);
    expect(says('80CA9F7900')).toBe('6A88');
    expect(says('80CA9F5D00')).toBe('6A88');
    const answer = says(TAP.gpo);
    expect(answer).toContain('9F10080701010390000001');
    expect(answer.slice(-14)).toBe('9F6C0200009000');
  });
});
