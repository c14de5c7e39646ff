import { describe, expect, it } from 'vitest';
import { purchase } from './purchase.ts';
import type { OnlineAnswer } from './requests.ts';
import { MODERN, ONE_RECORD, type Script, SDAD_00, SDAD_CTQ_0000 } from './testing/golden-cards.ts';
import { edited, INPUT, inputAt, inWords, play, thenAsked, told, withAnswer } from './testing/play.ts';
import type { TransactionInput } from './transaction.ts';

/** 37.50 of 50.00: the card has paid 12.50. */
const MOVED = '9F79060000000037509000';

/** The chip has paid; its last record or its signature is not right. CTQ 2000 asks for the host then. */
const FORGED = edited(MODERN, 'gpo', '9F4B818020CE', '9F4B818020CF');
/** The same without that bit; 9F69 says so too. */
const FORGED_QUIET = edited(edited(FORGED, 'gpo', '9F6C022000', '9F6C020000'), 'record 2.2', 'D4200000', 'D4000000');
const NO_ANSWER: OnlineAnswer = { kind: 'no-answer' };

function pay(card: Script, host: OnlineAnswer = NO_ANSWER, input: TransactionInput = INPUT) {
  const { result, asked, questions } = play(purchase(input), card, { answers: { 'authorise-online': host } });
  const question = questions.find((one) => one.name === 'authorise-online');
  return { said: inWords(result), outcome: result, last: asked.at(-1), question };
}

const GENUINE_SDAD = MODERN.find(({ name }) => name === 'gpo')?.answer.slice(-260, -4) ?? '';

describe('what can be wrong once the card has paid', () => {
  it.each<[string, string, Script]>([
    ['forged signature', 'not-genuine', FORGED],
    [
      'signature of an unpredictable number alone, from a card that knows better',
      'not-genuine',
      withAnswer(edited(MODERN, 'gpo', GENUINE_SDAD, SDAD_00), 'record 2.2', '70099F74064543433030319000'),
    ],
    [
      'qualifiers signed otherwise than sent',
      'not-genuine',
      edited(edited(MODERN, 'gpo', GENUINE_SDAD, SDAD_CTQ_0000), 'record 2.2', 'D4200000', 'D4000000'),
    ],
    ['unpredictable number of the card changed', 'not-genuine', edited(MODERN, 'record 2.2', 'A1B2C3D4', 'A1B2C3D5')],
    ['last record refused', 'card-error', thenAsked(withAnswer(MODERN, 'record 2.2', '6A83'), MOVED)],
    ['last record empty', 'card-error', thenAsked(withAnswer(MODERN, 'record 2.2', '9000'), MOVED)],
    ['last record cut off', 'card-error', thenAsked(withAnswer(MODERN, 'record 2.2', '70149F749000'), MOVED)],
    [
      'last record in another template',
      'card-error',
      thenAsked(edited(MODERN, 'record 2.2', '70149F74', '77149F74'), MOVED),
    ],
    ['PAN once more', 'card-error', withAnswer(MODERN, 'record 2.2', '700C5A0A6299990000001234567F9000')],
    ["the terminal's amount", 'card-error', withAnswer(MODERN, 'record 2.2', '70099F02060000000000019000')],
    // What no earlier record brought may be in the last one; that it is not is known only then.
    ['no ICC certificate', 'not-genuine', withAnswer(MODERN, 'record 1.2', '70055F300202019000')],
    ['no CA key index', 'unknown-ca-key', withAnswer(MODERN, 'record 1.1', '70055F300202019000')],
    ['one record in all, signature forged', 'not-genuine', edited(ONE_RECORD, 'record 1.1', 'A1B2C3D4', 'A1B2C3D5')],
    ['one record in all, of another PAN', 'card-error', edited(ONE_RECORD, 'record 1.1', '1234567F', '7654321F')],
    ['one record in all, its CA key unknown', 'unknown-ca-key', edited(ONE_RECORD, 'gpo', '8F0181', 'C10181')],
  ])('%s: declined after debit, %s', (_, reason, card) => {
    expect(pay(card).said).toBe(`declined ${reason} chip`);
  });

  it('says what the card has left', () => {
    expect(pay(FORGED).outcome).toMatchObject({
      card: { balanceBefore: 5000, balanceAfter: 3750 },
      chip: { cryptogramType: 'tc' },
    });
  });

  it('an endless 61xx after the last record is an answer too', () => {
    const rest = { name: 'more', command: '00C0000010', answer: '6110' };
    const card = thenAsked([...withAnswer(MODERN, 'record 2.2', '6110'), rest, rest, rest], MOVED);
    expect(pay(card)).toMatchObject({ said: 'declined card-error chip', last: 'authorise-online' });
  });

  it.each([
    ['its balance has not moved', '9F79060000000050009000', 'declined card-error none'],
    ['its balance has moved otherwise', '9F79060000000049999000', 'torn after-intent'],
    ['it does not tell', '6A88', 'torn after-intent'],
  ])('a last record kept back, and %s: %s', (_, balance, said) => {
    const card = thenAsked(withAnswer(MODERN, 'record 2.2', '6F00'), balance);
    expect(inWords(play(purchase(INPUT), card).result)).toBe(said);
  });
});

describe('asking the host about the TC (9F6C byte 1 bit 6)', () => {
  const GENUINE: OnlineAnswer = { kind: 'approved', authorisationId: 'A-1' };

  it('pays the merchant from the chip when the host finds the TC genuine', () => {
    const { outcome, question } = pay(FORGED, GENUINE);
    expect(inWords(outcome)).toBe('approved chip online none none');
    expect(outcome).toMatchObject({ authorisationId: 'A-1', card: { balanceAfter: 3750 } });
    expect(question).toMatchObject({
      purpose: 'verify-tc',
      chip: { cryptogramType: 'tc' },
      card: { balanceAfter: 3750 },
    });
  });

  it('stays declined after debit when the host does not, or does not answer', () => {
    expect(pay(FORGED, { kind: 'declined', reason: 'host-declined' }).said).toBe('declined host-declined chip');
    expect(pay(FORGED, NO_ANSWER).said).toBe('declined not-genuine chip');
    expect(pay(FORGED, { kind: 'deferred' }).said).toBe('declined not-genuine chip');
  });

  it('is not asked when the card does not want it, or the host is away', () => {
    expect(pay(FORGED_QUIET, GENUINE)).toMatchObject({ said: 'declined not-genuine chip', last: 'record 2.2' });
    const away = told(FORGED, 'gpo', '26000080', '2E000080');
    const input = inputAt({ onlineCapable: false });
    expect(pay(away, GENUINE, input)).toMatchObject({ said: 'declined not-genuine chip', last: 'record 2.2' });
  });

  it('is not asked to overrule an expiry that the last record brings', () => {
    const date = { year: 2030, month: 12, day: 30 };
    const dayBefore = edited(
      edited(ONE_RECORD, 'record 1.1', '7081D6', '7081D8'),
      'record 1.1',
      '5F340101',
      '5F2403301229',
    );
    const card = told(dayBefore, 'gpo', '250601', '301230');
    const { said, last } = pay(card, GENUINE, { ...INPUT, date });
    expect([said, last]).toEqual(['declined expired chip', 'record 1.1']);
  });

  it('never sends the customer to another slot now, whatever the card wants (bit 5): that would charge twice', () => {
    const card = told(edited(FORGED_QUIET, 'gpo', '9F6C020000', '9F6C021000'), 'gpo', '26000080', '36000080');
    expect(pay(card, NO_ANSWER, inputAt({ contactInterface: true })).said).toBe('declined not-genuine chip');
  });
});
