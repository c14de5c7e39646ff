import { describe, expect, it } from 'vitest';
import { purchase } from './purchase.ts';
import { recover } from './recover.ts';
import { type Exchange, MODERN, type Script } from './testing/golden-cards.ts';
import { INPUT, inWords, play, recoveryInWords, thenAsked, withAnswer } from './testing/play.ts';

/** Answers that no card should give. */
const GARBAGE: readonly (readonly [what: string, answer: string])[] = [
  ['nothing but success', '9000'],
  ['zeros', `${'00'.repeat(40)}9000`],
  ['ones', `${'FF'.repeat(40)}9000`],
  ['another template', '6103500141 9000'],
  ['a template cut off', '6F1084 9000'],
  ['a length without end', '6F80840000009000'],
  ['templates in templates', `${'6F7E6F7C6F7A6F786F766F746F726F706F6E6F6C'.padEnd(256, '0')}9000`],
  ['text', '48656C6C6F2C20776F726C642121 9000'],
  ['256 bytes of success', `${'90'.repeat(256)}9000`],
  ['a status that means nothing', '1234'],
  ['no precise diagnosis', '6F00'],
  ['instruction not supported', '6D00'],
];

/** 61xx or 6Cxx for ever: the answers that the script needs then. */
function endless(card: Script, name: string, answer: '6110' | '6C10'): Script {
  return withAnswer(card, name, answer).flatMap((exchange) => {
    if (exchange.name !== name) return [exchange];
    const command = answer === '6110' ? '00C0000010' : exchange.command.replace(/00$/, '10');
    const more: Exchange = { name: `${name} again`, command, answer };
    return [exchange, more, more, more];
  });
}

const outcome = (card: Script): string => inWords(play(purchase(INPUT), card).result);

/** The balance only informs, so a card that cannot tell it may still pay. */
const PAID = 'approved chip offline none fdda-01';

describe.each<[string, RegExp]>([
  ['ppse', /^declined card-error none$/],
  ['select', /^declined card-error none$/],
  ['balance', new RegExp(`^${PAID}$`)],
  ['gpo', /^declined card-error none$/],
  ['record 1.1', /^declined card-error none$/],
  ['record 1.2', /^declined card-error none$/],
  ['record 2.1', /^declined card-error none$/],
])('garbage in place of the answer to %s', (name, expected) => {
  it.each(GARBAGE)('%s', (_, answer) => {
    expect(outcome(withAnswer(MODERN, name, answer))).toMatch(expected);
  });

  it.each(['6110', '6C10'] as const)('%s for ever', (answer) => {
    expect(outcome(endless(MODERN, name, answer))).toMatch(expected);
  });
});

describe.each([
  ['its balance moved', '9F79060000000037509000', 'declined card-error chip'],
  ['its balance not moved', '9F79060000000050009000', 'declined card-error none'],
  ['its balance not told', '6A88', 'torn after-intent'],
])('garbage in place of the last record, %s', (_, balance, expected) => {
  it.each(GARBAGE)('%s', (__, answer) => {
    expect(outcome(thenAsked(withAnswer(MODERN, 'record 2.2', answer), balance))).toBe(expected);
  });

  it.each(['6110', '6C10'] as const)('%s for ever', (answer) => {
    expect(outcome(thenAsked(endless(MODERN, 'record 2.2', answer), balance))).toBe(expected);
  });
});

describe('garbage during recovery decides nothing', () => {
  const { questions } = play(purchase(INPUT), MODERN, { tearAt: 7 });
  const saved = questions.find((question) => question.name === 'save-intent');
  if (saved?.name !== 'save-intent') throw new Error('no intent');
  const { intent } = saved;
  const card: Script = [
    ...MODERN.slice(1, 2),
    { name: 'atc', command: '80CA9F3600', answer: '9F360200079000' },
    { name: 'balance', command: '80CA9F7900', answer: '9F79060000000037509000' },
    ...MODERN.slice(4),
  ];
  const found = (after: Script): string => recoveryInWords(play(recover(intent, INPUT), after).result);

  it.each(GARBAGE)('%s', (_, answer) => {
    expect(found(withAnswer(card, 'atc', answer))).toBe('undecided no-evidence');
    expect(found(withAnswer(card, 'balance', answer))).toBe('undecided no-evidence');
    expect(found(withAnswer(card, 'record 1.2', answer))).toBe('other-card');
    expect(found(withAnswer(card, 'record 2.2', answer))).toBe('debited: declined card-error chip');
  });

  it.each(['6110', '6C10'] as const)('%s for ever', (answer) => {
    expect(found(endless(card, 'select', answer))).toBe('other-card');
    expect(found(endless(card, 'atc', answer))).toBe('undecided no-evidence');
    expect(found(endless(card, 'record 1.1', answer))).toBe('other-card');
    expect(found(endless(card, 'record 2.2', answer))).toBe('debited: declined card-error chip');
  });
});
