import { describe, expect, it } from 'vitest';
import { hex } from '../../values/index.ts';
import { MAX_SCRIPT_COMMANDS, MAX_SCRIPTS } from '../bounds.ts';
import { ACCOUNT } from '../testing/debit-credit-cards.ts';
import { APPROVED, asks, at, completionOf, DECLINED, ISSUER, inHex, pay, toReverse } from '../testing/dialogue.ts';
import type { Exchange, Script } from '../testing/golden-cards.ts';
import { withAnswer } from '../testing/play.ts';

/** UNBLOCK and PUT DATA with MACs that only the card could judge. */
const unblock = (answer = '9000'): Exchange => ({ name: 'unblock', command: '8418000004E1E2E3E4', answer });
const put = (answer = '9000'): Exchange => ({ name: 'put', command: '04DA9F580501E1E2E3E4', answer });
const BEFORE = '71129F18040102030486098418000004E1E2E3E4';
const AFTER = '72139F180405060708860A04DA9F580501E1E2E3E4';
/** Two commands, no identifier. */
const BOTH_AFTER = '721786098418000004E1E2E3E4860A04DA9F580501E1E2E3E4';

/** The second GENERATE AC after a script that failed. */
const noted = asks(ACCOUNT, 'gac 2', '8000000000', '8000000020');

interface Story {
  readonly scripts: readonly string[];
  readonly before?: Script;
  readonly after?: Script;
  readonly card?: Script;
  readonly tearAt?: string;
}

function run({ scripts, before = [], after = [], card = ACCOUNT, tearAt }: Story) {
  const second = at(card, 'gac 2');
  const script = [...card.slice(0, second), ...before, ...card.slice(second), ...after];
  const host = { ...APPROVED, issuer: { ...ISSUER, scripts: scripts.map(hex) } };
  const tear = tearAt === undefined ? {} : { tearAt: at(script, tearAt) };
  const played = pay(script, { answers: { 'authorise-online': host }, ...tear });
  return { ...played, results: inHex(completionOf(played.result)?.scriptResults) };
}

const APPROVED_ONLINE = 'approved account online signature none';

describe('issuer scripts', () => {
  it('71 goes before the second GENERATE AC, 72 after it', () => {
    const { result, said, results, asked } = run({ scripts: [AFTER, BEFORE], before: [unblock()], after: [put()] });
    expect(inHex(completionOf(result)?.chip?.tsi)).toBe('7C00');
    expect([said, results]).toEqual([APPROVED_ONLINE, '20010203042005060708']);
    expect(asked.slice(-3)).toEqual(['unblock', 'gac 2', 'put']);
  });

  it.each(['6200', '6300', '63C1'])('a warning (%s) is no failure', (sw) => {
    expect(run({ scripts: [AFTER], after: [put(sw)] }).results).toBe('2005060708');
  });

  it('that fails before is noted for the card, with the number of its command', () => {
    const { said, results } = run({ scripts: [BEFORE], before: [unblock('6985')], card: noted });
    expect([said, results]).toEqual([APPROVED_ONLINE, '1101020304']);
  });

  it('that fails ends there, and the next begins', () => {
    const story = { scripts: [BOTH_AFTER, AFTER], after: [unblock(), put('6A80'), put()] };
    expect(run(story).results).toBe('12000000002005060708');
  });

  it.each([
    ['no command in it', '71079F180401020304', '0001020304'],
    ['a command of two bytes', '710B9F18040102030486028418', '0001020304'],
    ['no TLV', '71FF', '0000000000'],
    ['two templates in one', `${BEFORE}${BEFORE}`, '0001020304'],
  ])('%s: none of it is sent', (_, script, results) => {
    expect(run({ scripts: [script], card: noted }).results).toBe(results);
  });

  it('of another template is nobody’s', () => {
    expect(run({ scripts: ['7300', ''] }).results).toBe('');
  });

  it('are bounded', () => {
    const many = Array.from({ length: MAX_SCRIPTS + 1 }, () => AFTER);
    const all = run({ scripts: many, after: Array.from({ length: MAX_SCRIPTS }, () => put()) });
    expect(all.results).toBe('2005060708'.repeat(MAX_SCRIPTS));
    const pairs = Array.from({ length: MAX_SCRIPTS }, () => BOTH_AFTER);
    const long = `7281${(11 * 12).toString(16)}${'860984180000 04E1E2E3E4'.replaceAll(' ', '').repeat(12)}`;
    expect(pairs).toHaveLength(MAX_SCRIPT_COMMANDS / 2);
    const bounded = run({ scripts: [long, long], after: Array.from({ length: 12 }, () => unblock()) });
    expect(bounded.results).toBe('20000000000000000000');
  });

  it('a card that leaves before the second GENERATE AC: to be reversed', () => {
    const { result, said, results } = run({ scripts: [BEFORE, BEFORE], before: [unblock()], tearAt: 'unblock' });
    expect([said, results, toReverse(result)]).toEqual(['declined card-error none', '11010203040001020304', 'A1']);
  });

  it('a card that leaves after it has paid: approved', () => {
    const { said, results } = run({ scripts: [AFTER, AFTER], after: [put()], tearAt: 'put' });
    expect([said, results]).toEqual([APPROVED_ONLINE, '11050607080005060708']);
  });

  it('go to a card that is declined as well', () => {
    const told = asks(ACCOUNT, 'gac 2', '40001F3030', '00001F3035');
    const card = withAnswer(told, 'gac 2', '8013000007A1A2A3A4A5A6A7A807010103800000019000');
    const issuer = { ...ISSUER, authorisationResponseCode: hex('3035'), scripts: [hex(AFTER)] };
    const { result, said } = pay([...card, put()], { answers: { 'authorise-online': { ...DECLINED, issuer } } });
    expect([said, inHex(completionOf(result)?.scriptResults)]).toEqual(['declined host-declined none', '2005060708']);
  });
});
