import { describe, expect, it } from 'vitest';
import { fen } from '../../values/index.ts';
import type { DebitCreditIntent } from '../intent.ts';
import { recover } from '../recover.ts';
import { describeIntent } from '../reopen-intent.ts';
import { ACCOUNT, DDA, ELECTRONIC_CASH } from '../testing/debit-credit-cards.ts';
import { at, dialogueInput, HOST, pay } from '../testing/dialogue.ts';
import type { Script } from '../testing/golden-cards.ts';
import { play, recoveryInWords } from '../testing/play.ts';

/** The intent of a payment whose card leaves at its first cryptogram. */
function intentOf(card: Script): DebitCreditIntent {
  const { questions } = pay(card, { answers: HOST, tearAt: at(card, 'gac 1') });
  const kept = questions.flatMap((one) => (one.name === 'save-intent' ? [one.intent] : []))[0];
  return kept?.path === 'debit-credit' ? kept : expect.fail('no intent');
}

interface Card {
  readonly select?: string;
  readonly record?: string;
  readonly atc?: string;
  readonly balance?: string;
}

const NAMING = ACCOUNT.find(({ name }) => name === 'record 2.1') ?? expect.fail();
const SELECT = ACCOUNT.find(({ name }) => name === 'select') ?? expect.fail();

function probe(intent: DebitCreditIntent, { select, record, atc, balance }: Card = {}, tearAt?: number) {
  const card: Script = [
    { ...SELECT, answer: select ?? SELECT.answer },
    { ...NAMING, answer: record ?? NAMING.answer },
    { name: 'atc', command: '80CA9F3600', answer: atc ?? '9F360200079000' },
    { name: 'balance', command: '80CA9F7900', answer: balance ?? '9F79060000000037509000' },
  ];
  const { result, asked } = play(recover(intent, dialogueInput()), card, tearAt === undefined ? {} : { tearAt });
  return { result, said: recoveryInWords(result), asked };
}

describe('electronic cash whose card left at its TC', () => {
  const intent = intentOf(ELECTRONIC_CASH);

  it('has paid when counter and balance say so; without its TC that is a decline after debit', () => {
    const { result, said } = probe(intent);
    expect(said).toBe('debited: declined card-error chip');
    expect(result).toMatchObject({ outcome: { card: { balanceBefore: 5000, balanceAfter: 3750, atc: 7 } } });
  });

  it.each<[string, Card, string]>([
    ['the balance of before', { balance: '9F79060000000050009000' }, 'not-debited'],
    ['another balance', { balance: '9F79060000000049999000' }, 'undecided moved-on'],
    ['a counter that has moved', { atc: '9F360200089000' }, 'undecided moved-on'],
    ['no counter', { atc: '6A88' }, 'undecided no-evidence'],
    ['no balance', { balance: '6985' }, 'undecided no-evidence'],
    ['another PAN', { record: '700C5A0A6299990000007654321F9000' }, 'other-card'],
    ['no such record', { record: '6A83' }, 'other-card'],
    ['no such application', { select: '6A82' }, 'other-card'],
  ])('%s → %s', (_, card, said) => {
    expect(probe(intent, card).said).toBe(said);
  });

  it('a probe that is torn tells nothing', () => {
    for (let tearAt = 0; tearAt < 4; tearAt++) expect(probe(intent, {}, tearAt).said).toBe('torn');
  });

  it('without a counter before there is no evidence', () => {
    const { atc: _, ...blind } = intent;
    expect(probe(blind as DebitCreditIntent).said).toBe('undecided no-evidence');
  });
});

describe('an account whose card left at its cryptogram', () => {
  it.each([
    ['a TC was asked for', DDA],
    ['an ARQC was asked for', ACCOUNT],
  ])('has not paid: %s', (_, card) => {
    const { said, asked } = probe(intentOf(card), { atc: '6A88', balance: '6A88' });
    expect([said, asked]).toEqual(['not-debited', ['select', 'record 2.1']]);
  });
});

describe('describeIntent', () => {
  it('gives the counter by which the centre finds the payment again, of a chip alone', () => {
    expect(describeIntent(intentOf(ELECTRONIC_CASH))?.card.atc).toBe(7);
    expect(describeIntent(intentOf(ACCOUNT))?.card).not.toHaveProperty('atc');
  });

  it('gives the card, and no cryptogram: there was none yet', () => {
    const seen = describeIntent(intentOf(ELECTRONIC_CASH));
    expect(seen?.card).toMatchObject({ panSequence: 1, expiry: { year: 2030, month: 12, day: 31 }, label: 'CARD' });
    expect(seen?.card.balanceBefore).toBe(fen(5000));
    expect(seen).not.toHaveProperty('chip');
  });

  it('nothing when the records are none', () => {
    expect(describeIntent({ ...intentOf(ACCOUNT), records: [] })).toBeUndefined();
  });
});
