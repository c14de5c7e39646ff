import { describe, expect, it } from 'vitest';
import { caKeysOf } from '../oda/index.ts';
import { fen, Pan } from '../values/index.ts';
import { judgeDebit } from './evidence.ts';
import type { Intent } from './intent.ts';
import { purchase } from './purchase.ts';
import { recover } from './recover.ts';
import { describeIntent } from './reopen-intent.ts';
import type { OnlineAnswer } from './requests.ts';
import { type Exchange, MODERN, OLD, ONE_RECORD, OWN_RECORD, type Script } from './testing/golden-cards.ts';
import { edited, INPUT, inputAt, play, recoveryInWords, told, withAnswer } from './testing/play.ts';
import type { TransactionInput } from './transaction.ts';

/** The intent that a payment leaves behind when the card goes with its last record. */
function intentOf(card: Script, input: TransactionInput = INPUT): Intent {
  const { questions } = play(purchase(input), card, { tearAt: card.length - 1 });
  const saved = questions.find((question) => question.name === 'save-intent');
  if (saved?.name !== 'save-intent') throw new Error('no intent');
  return saved.intent;
}

const ATC: Exchange = { name: 'atc', command: '80CA9F3600', answer: '9F360200079000' };
const named = (card: Script, ...names: readonly string[]): Script =>
  names.flatMap((name) => card.filter((exchange) => exchange.name === name));

/** The same card in the field again: no GPO; records that a payment made (3.1 of OWN_RECORD) tell nothing of the card. */
function again(card: Script, balance: string, ...records: readonly string[]): Script {
  return [
    ...named(card, 'select'),
    ATC,
    { name: 'balance', command: '80CA9F7900', answer: `9F7906${balance}9000` },
    ...named(card, ...records),
  ];
}

const LASTING = ['record 1.1', 'record 1.2', 'record 2.1'];
const SPENT = '000000003750';
const UNSPENT = '000000005000';
const PAID = again(MODERN, SPENT, ...LASTING, 'record 2.2');
const UNPAID = again(MODERN, UNSPENT, ...LASTING);

/** ONE_RECORD with 57 in place of 5A. */
const TRACK_ALONE = edited(
  edited(ONE_RECORD, 'record 1.1', '7081D6', '7081DC'),
  'record 1.1',
  '5A0A6299990000001234567F',
  '57106299990000001234567D301220100000',
);

interface Options {
  readonly tearAt?: number;
  readonly host?: OnlineAnswer;
  readonly input?: TransactionInput;
}

/** Another day and number than the payment's: recovery must use the saved ones. */
const TODAY: TransactionInput = {
  ...INPUT,
  amount: fen(99),
  date: { year: 2025, month: 7, day: 2 },
  unpredictableNumber: new Uint8Array([9, 9, 9, 9]),
};

function probe(intent: Intent, card: Script, { tearAt, host, input = TODAY }: Options = {}) {
  const { result, asked, questions } = play(recover(intent, input), card, {
    ...(tearAt !== undefined && { tearAt }),
    ...(host && { answers: { 'authorise-online': host } }),
  });
  return { said: recoveryInWords(result), result, asked, questions };
}

describe('the same card', () => {
  it('has paid: the payment ends as it would have ended', () => {
    const { said, asked, result } = probe(intentOf(MODERN), PAID);
    expect(said).toBe('debited: approved chip offline none fdda-01');
    expect(asked).toEqual(['select', 'atc', 'balance', ...LASTING, 'record 2.2']);
    expect(result).toMatchObject({
      outcome: { card: { balanceBefore: 5000, balanceAfter: 3750, label: 'JIANGDU' }, chip: { cryptogramType: 'tc' } },
    });
  });

  it('has not paid: its last record is not even asked for', () => {
    const { said, asked } = probe(intentOf(MODERN), UNPAID);
    expect([said, asked.at(-1)]).toEqual(['not-debited', 'record 2.1']);
  });

  it.each<[string, Script, Script, string]>([
    [
      'version 00, paid',
      OLD,
      again(OLD, SPENT, ...LASTING, 'record 2.2'),
      'debited: approved chip offline none fdda-00',
    ],
    [
      'signature in a record of its own, paid',
      OWN_RECORD,
      again(OWN_RECORD, SPENT, ...LASTING, 'record 3.2'),
      'debited: approved chip offline none fdda-01',
    ],
    ['signature in a record of its own, not paid', OWN_RECORD, again(OWN_RECORD, UNSPENT, ...LASTING), 'not-debited'],
    [
      'one record in all, paid',
      ONE_RECORD,
      again(ONE_RECORD, SPENT, 'record 1.1'),
      'debited: approved chip offline none fdda-01',
    ],
    [
      'one record in all, which names it on track 2, paid',
      TRACK_ALONE,
      again(TRACK_ALONE, SPENT, 'record 1.1'),
      'debited: approved chip offline none fdda-01',
    ],
    ['one record in all, not paid', ONE_RECORD, again(ONE_RECORD, UNSPENT, 'record 1.1'), 'not-debited'],
  ])('%s', (_, before, after, said) => {
    const played = probe(intentOf(before), after);
    expect([played.said, played.asked.length]).toEqual([said, after.length]);
  });

  it('is judged by the day on which it paid: a card of yesterday has not expired meanwhile', () => {
    const lastDay = { ...INPUT, date: { year: 2030, month: 12, day: 31 } };
    const intent = intentOf(told(MODERN, 'gpo', '250601', '301231'), lastDay);
    const input = { ...TODAY, date: { year: 2031, month: 1, day: 1 } };
    expect(probe(intent, PAID, { input }).said).toBe('debited: approved chip offline none fdda-01');
  });

  it.each<[string, string, Script]>([
    ['its balance moved otherwise', 'undecided moved-on', again(MODERN, '000000003749', ...LASTING)],
    ['its counter moved on', 'undecided moved-on', withAnswer(PAID, 'atc', '9F360200089000')],
    ['its counter moved on, balance as before', 'undecided moved-on', withAnswer(UNPAID, 'atc', '9F360200089000')],
    ['it tells no counter', 'undecided no-evidence', withAnswer(PAID, 'atc', '6A88')],
    ['it tells no balance', 'undecided no-evidence', withAnswer(PAID, 'balance', '6A88')],
    ['its balance is none', 'undecided no-evidence', withAnswer(PAID, 'balance', '9F790600000000375A9000')],
  ])('%s → %s, and its last record stays where it is', (_, said, card) => {
    const played = probe(intentOf(MODERN), card);
    expect([played.said, played.asked.at(-1)]).toEqual([said, 'record 2.1']);
  });

  it('whose balance was not known before gives no evidence', () => {
    expect(probe(intentOf(withAnswer(MODERN, 'balance', '6A88')), PAID).said).toBe('undecided no-evidence');
  });

  it('says what it has now, for the centre to decide', () => {
    const { result } = probe(intentOf(MODERN), again(MODERN, '000000001234', ...LASTING));
    expect(result).toEqual({ kind: 'undecided', why: 'moved-on', atcNow: 7, balanceNow: 1234 });
  });
});

describe('has paid, but its proof is not right: declined after debit', () => {
  const FORGED = edited(MODERN, 'gpo', '9F4B818020CE', '9F4B818020CF');
  const GENUINE: OnlineAnswer = { kind: 'approved', authorisationId: 'A-1' };

  it.each<[string, Script, Script, OnlineAnswer, string]>([
    ['signature forged, no answer', FORGED, PAID, { kind: 'no-answer' }, 'debited: declined not-genuine chip'],
    ['signature forged, TC genuine to the host', FORGED, PAID, GENUINE, 'debited: approved chip online none none'],
    [
      'last record refused',
      MODERN,
      withAnswer(PAID, 'record 2.2', '6985'),
      { kind: 'no-answer' },
      'debited: declined card-error chip',
    ],
    [
      'last record of another payment',
      MODERN,
      edited(PAID, 'record 2.2', 'A1B2C3D4', '11111111'),
      { kind: 'no-answer' },
      'debited: declined not-genuine chip',
    ],
  ])('%s', (_, before, after, host, said) => {
    expect(probe(intentOf(before), after, { host }).said).toBe(said);
  });

  it('CA key withdrawn since', () => {
    const input = { ...TODAY, caKeys: caKeysOf([]) };
    const { said, result } = probe(intentOf(MODERN), PAID, { input });
    expect(said).toBe('debited: declined unknown-ca-key chip');
    expect(result).toMatchObject({ outcome: { card: { balanceAfter: 3750 }, chip: { cryptogramType: 'tc' } } });
  });

  it('the host is not asked while it is away', () => {
    const input = inputAt({ onlineCapable: false });
    const { said, asked } = probe(intentOf(FORGED), PAID, { input, host: GENUINE });
    expect([said, asked.at(-1)]).toEqual(['debited: declined not-genuine chip', 'record 2.2']);
  });
});

describe('another card', () => {
  it.each<[string, Script, Script, string]>([
    ['has no such application', MODERN, withAnswer(PAID, 'select', '6A82'), 'select'],
    ['has the application blocked', MODERN, withAnswer(PAID, 'select', '6283'), 'select'],
    ['has other records', MODERN, edited(PAID, 'record 2.1', '1234567F', '7654321F'), 'record 2.1'],
    ['has no such records', MODERN, withAnswer(PAID, 'record 1.1', '6A83'), 'record 1.1'],
    [
      'gives the same record with a warning',
      MODERN,
      edited(PAID, 'record 2.1', '5F3401019000', '5F3401016281'),
      'record 2.1',
    ],
    [
      'one record in all, with a warning',
      ONE_RECORD,
      edited(again(ONE_RECORD, UNSPENT, 'record 1.1'), 'record 1.1', 'D42000009000', 'D42000006281'),
      'record 1.1',
    ],
    [
      'one record in all, of another track 2',
      TRACK_ALONE,
      edited(again(TRACK_ALONE, UNSPENT, 'record 1.1'), 'record 1.1', '1234567D', '7654321D'),
      'record 1.1',
    ],
    ['with the same counter and balance', MODERN, edited(UNPAID, 'record 2.1', '5F340101', '5F340102'), 'record 2.1'],
    [
      'one record in all, another PAN',
      ONE_RECORD,
      edited(again(ONE_RECORD, UNSPENT, 'record 1.1'), 'record 1.1', '1234567F', '7654321F'),
      'record 1.1',
    ],
    [
      'one record in all, no PAN',
      ONE_RECORD,
      edited(again(ONE_RECORD, SPENT, 'record 1.1'), 'record 1.1', '5A0A6299', 'C10A6299'),
      'record 1.1',
    ],
    [
      'one record in all, refused',
      ONE_RECORD,
      withAnswer(again(ONE_RECORD, UNSPENT, 'record 1.1'), 'record 1.1', '6985'),
      'record 1.1',
    ],
  ])('%s', (_, before, after, lastAsked) => {
    const { said, asked } = probe(intentOf(before), after);
    expect([said, asked.at(-1)]).toEqual(['other-card', lastAsked]);
  });

  it('of the same issuer is not taken for this one because certificates of the issuer are the same', () => {
    // What is read before the last record is the issuer's alone; the last one names the card.
    const before = edited(MODERN, 'gpo', '94080801020010010201', '94080801010010010100');
    const card = before.filter(({ name }) => name !== 'record 1.2' && name !== 'record 2.2');
    const intent = intentOf(card);
    const other = edited(again(card, UNSPENT, 'record 1.1', 'record 2.1'), 'record 2.1', '1234567F', '7654321F');
    expect(probe(intent, other).said).toBe('other-card');
    expect(probe(intent, again(card, UNSPENT, 'record 1.1', 'record 2.1')).said).toBe('not-debited');
  });
});

describe('a card that leaves during the probe leaves the intent open', () => {
  it.each([
    ['paid', MODERN, PAID],
    ['not paid', MODERN, UNPAID],
    ['signature in its own record', OWN_RECORD, again(OWN_RECORD, SPENT, ...LASTING, 'record 3.2')],
    ['one record in all', ONE_RECORD, again(ONE_RECORD, SPENT, 'record 1.1')],
  ])('%s: torn at every exchange, and the next tap tries again', (_, before, after) => {
    const intent = intentOf(before);
    const whole = probe(intent, after).said;
    for (let tearAt = 0; tearAt < after.length; tearAt++) {
      const { said, asked } = probe(intent, after, { tearAt });
      expect([said, asked.length]).toEqual(['torn', tearAt + 1]);
      expect(probe(intent, after).said).toBe(whole);
    }
  });
});

describe('evidence', () => {
  const intent = intentOf(MODERN);
  const free = { ...intent, amount: fen(0) };

  it.each<[string, Intent, number | undefined, number | undefined, string]>([
    ['nothing moved', intent, 7, 5000, 'not-moved'],
    ['moved by the amount', intent, 7, 3750, 'moved'],
    ['nothing to pay, nothing moved', free, 7, 5000, 'not-moved'],
    ['more money than before', intent, 7, 6250, 'moved-on'],
    ['counter behind', intent, 6, 5000, 'moved-on'],
    ['counter ahead, no balance', intent, 8, undefined, 'moved-on'],
    ['no counter', intent, undefined, 3750, 'no-evidence'],
    ['no balance', intent, 7, undefined, 'no-evidence'],
  ])('%s → %s', (_, open, atc, balance, verdict) => {
    expect(judgeDebit(open, { atc, balance: balance === undefined ? undefined : fen(balance) })).toBe(verdict);
  });
});

describe('describeIntent', () => {
  it('gives card and TC for the record of an undecided payment', () => {
    expect(describeIntent(intentOf(MODERN))).toMatchObject({
      card: { panSequence: 1, balanceBefore: 5000, expiry: { year: 2030, month: 12, day: 31 }, label: 'JIANGDU' },
      chip: { cryptogramType: 'tc', cryptogram: new Uint8Array([0xea, 0xd5, 0xdd, 0x7f, 0x51, 0x4e, 0x6e, 0xb8]) },
    });
  });

  it("gives nothing when the intent is none of this kernel's", () => {
    expect(describeIntent({ ...intentOf(MODERN), fci: new Uint8Array([0x6f, 0]) })).toBeUndefined();
    expect(describeIntent({ ...intentOf(MODERN), gpoAnswer: new Uint8Array() })).toBeUndefined();
    expect(describeIntent({ ...intentOf(MODERN), pdolValues: new Uint8Array(3) })).toBeUndefined();
  });

  it('an intent that cannot be read decides nothing', () => {
    expect(probe({ ...intentOf(MODERN), gpoAnswer: new Uint8Array() }, PAID).said).toBe('undecided no-evidence');
  });

  it('nor does one that says otherwise than its own evidence', () => {
    const intent = intentOf(MODERN);
    const pan = Pan.parse('6299990000001234575');
    if (pan === undefined) throw new Error('no PAN');
    for (const changed of [{ pan }, { atc: 8 }, { amount: fen(1251) }]) {
      expect(describeIntent({ ...intent, ...changed })).toBeUndefined();
    }
    const moreThanTold = { ...intent, amount: fen(2500), balanceBefore: fen(6250) };
    expect(probe(moreThanTold, PAID).said).toBe('undecided no-evidence');
  });
});
