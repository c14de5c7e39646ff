import { describe, expect, it } from 'vitest';
import { caKeysOf } from '../oda/index.ts';
import { fen } from '../values/index.ts';
import type { Decision } from './explain.ts';
import { purchase } from './purchase.ts';
import { MODERN, type Script } from './testing/golden-cards.ts';
import { edited, INPUT, inputAt, inWords, type PlayOptions, play, told, withAnswer } from './testing/play.ts';
import type { TransactionInput } from './transaction.ts';

/** What the kernel says while it runs, a line each, and how it ends. */
function explained(input: TransactionInput, script: Script, options: PlayOptions = {}) {
  const decisions: Decision[] = [];
  const explain = (decision: Decision): void => {
    decisions.push(decision);
  };
  const { result } = play(purchase({ ...input, explain }), script, options);
  return { lines: decisions.map(({ section, text }) => `${section}: ${text}`), end: inWords(result) };
}

describe('what the kernel explains', () => {
  it('of a payment from the chip', () => {
    const { lines, end } = explained(INPUT, MODERN);
    expect(lines).toEqual([
      'JR/T 0025.12-2013 §6.2: Pre-processing of 12.50 for A000000333010101 (transaction limit 1000.00, CVM limit 300.00, floor limit 200.00): allowed, TTQ 26000080',
      'JR/T 0025.12-2013 §6.4.1: Candidates: A000000333010101',
      'JR/T 0025.12-2013 §6.4.1: A000000333010101: selected',
      'JR/T 0025.12-2013 §6.5: GET PROCESSING OPTIONS with 260000800000000012500000000000000156000000000001562506010011223344: 9000',
      'JR/T 0025.12-2013 §6.5: The card decides in 9F10 byte 5: TC, it pays offline once its last record is read (balance before: 50.00)',
      'JR/T 0025.12-2013 §7.8: Cardholder verification by CTQ 2000: none',
      'JR/T 0025.12-2013 §7.8: On the exception file: no',
      'JR/T 0025.12-2013 §7.8: Checks before a record is read: nothing speaks against it',
      'EMV Book 2 §6.3, §6.4: CA key 80 → issuer key (rsa) → ICC key (rsa): certificates verify',
      'JR/T 0025.12-2013 §7.7: All records but the last: read, and right as far as they can be judged',
      'JR/T 0025.12-2018 annex F: The intent is saved; the last record makes the card pay',
      'JR/T 0025.12-2013 annex B: The dynamic signature is genuine: fdda-01',
      'JR/T 0025.12-2013 §7.8: The card has paid: approved offline',
    ]);
    expect(end).toBe('approved chip offline none fdda-01');
  });

  it('the check at which offline data authentication fails', () => {
    const { lines, end } = explained(INPUT, edited(MODERN, 'gpo', '20CE3559', '20CE3558'));
    expect(lines).toEqual(
      expect.arrayContaining([
        'JR/T 0025.12-2013 annex B: Offline data authentication fails at dynamic-signature: form',
        'JR/T 0025.12-2013 §7.8: The card has paid: its proof fails (not-genuine)',
      ]),
    );
    expect(end).toBe('declined not-genuine chip');
    const keyless = { ...INPUT, caKeys: caKeysOf([]) };
    expect(explained(keyless, MODERN).lines.at(-1)).toBe(
      'JR/T 0025.12-2013 §7.7: All records but the last: unknown-ca-key',
    );
  });

  it('the rule of pre-processing, the host, and the refusal of the card', () => {
    const above = explained(inputAt({}, { amount: fen(100_000) }), []);
    expect(above.lines).toEqual([expect.stringContaining('floor limit 200.00): not allowed: transaction-limit')]);
    const arqc = edited(MODERN, 'gpo', '0390000001', '03A0000001');
    expect(explained(INPUT, arqc).lines.slice(-3)).toEqual([
      'JR/T 0025.12-2013 §7.8: Checks before the host is asked: nothing speaks against it',
      'JR/T 0025.12-2013 §7.8: Cardholder verification by CTQ 2000: none',
      'JR/T 0025.12-2013 §7.8: The host: no-answer',
    ]);
    const aac = edited(MODERN, 'gpo', '0390000001', '0380000001');
    expect(explained(INPUT, aac).lines.at(-1)).toBe(
      'JR/T 0025.12-2013 §7.8: AAC: declined; the likely reason is card-declined',
    );
    const refusal = explained(INPUT, withAnswer(MODERN, 'gpo', '6985'));
    expect(refusal.lines.at(-1)).toMatch(/GET PROCESSING OPTIONS with [0-9A-F]+: 6985$/);
    const blocked = explained(INPUT, withAnswer(MODERN, 'select', '6283'));
    expect(blocked.lines.at(-1)).toBe('JR/T 0025.12-2013 §6.4.1: A000000333010101 cannot be selected: 6283');
  });

  it('expiry, and an online cryptogram above the floor limit', () => {
    const late = { ...INPUT, date: { year: 2031, month: 1, day: 1 } };
    const { lines } = explained(late, told(MODERN, 'gpo', '250601', '310101'));
    expect(lines).toContain('JR/T 0025.12-2013 §7.7.20: The application has expired');
    const { lines: above } = explained(inputAt({}, { amount: fen(20_001) }), MODERN, { tearAt: 0 });
    expect(above[0]).toContain('allowed, TTQ 26800080, online cryptogram required');
  });

  it('never names the card, and changes nothing', () => {
    const { lines, end } = explained(INPUT, MODERN);
    expect(lines.join()).not.toMatch(/629999|1234567/);
    expect(inWords(play(purchase(INPUT), MODERN).result)).toBe(end);
  });
});
