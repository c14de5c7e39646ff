import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import type { PursePurchaseIntent } from './intent.ts';
import { pursePurchase } from './purchase.ts';
import { recoverPursePurchase } from './recover-purchase.ts';
import {
  APPLICATION,
  BALANCE_AFTER,
  BALANCE_BEFORE,
  COUNTER_7,
  COUNTER_8,
  type Exchange,
  LOGGED,
  NO_LOG,
  NO_PROOF,
  PROOF,
  PURCHASE,
  PURCHASE_INPUT,
  RECOVERED,
  type Script,
  SELECTED,
  VERDICT,
} from './testing/golden-purse.ts';
import { play, recoveryInWords, until } from './testing/play.ts';

function intentOf(): PursePurchaseIntent {
  const { questions } = play(pursePurchase(PURCHASE_INPUT), PURCHASE, { tearAt: 8 });
  const saved = questions.find(({ name }) => name === 'save-intent');
  if (saved?.name !== 'save-intent' || saved.intent.path !== 'purse-purchase') return expect.fail('no intent');
  return saved.intent;
}

const INTENT = intentOf();
const answering = (exchange: Exchange, answer: string): Exchange => ({ ...exchange, answer });
const recover = (script: Script, application = APPLICATION, tearAt?: number) => {
  const { result } = play(recoverPursePurchase(INTENT, application), script, tearAt === undefined ? {} : { tearAt });
  return { result, said: recoveryInWords(result) };
};
const shows = (...exchanges: readonly Exchange[]) => recover([...SELECTED, ...exchanges]);

const OTHER_BALANCE = answering(BALANCE_BEFORE, '000007D09000');
const NO_BALANCE = answering(BALANCE_BEFORE, '6985');
const UNSUPPORTED = answering(NO_PROOF, '6D00');
const NO_COUNTER = answering(COUNTER_7, '6982');
const STRANGER = answering(LOGGED, LOGGED.answer.replace('010203040506', '0A0B0C0D0E0F'));

describe('a card that comes back', () => {
  it('and has paid gives its proof; the PSAM judges it, and the purchase ends as it would have', () => {
    const { result, said } = recover(RECOVERED);
    expect(said).toBe('debited: approved');
    expect(result).toMatchObject({
      outcome: { debit: { transactionCode: hex('9AA91D39'), mac2: hex('D5BA4A53'), balanceAfter: 3_750 } },
    });
  });

  it.each<[string, readonly Exchange[], string]>([
    ['proof and balance', [PROOF, BALANCE_AFTER, NO_LOG, VERDICT], 'debited: approved'],
    ['proof and log, balance unreadable', [PROOF, NO_BALANCE, LOGGED, VERDICT], 'debited: approved'],
    [
      'a proof that the PSAM does not know',
      [PROOF, BALANCE_AFTER, LOGGED, answering(VERDICT, '9302')],
      'debited: declined not-genuine chip mac2-wrong',
    ],
    [
      'a PSAM that was reset',
      [PROOF, BALANCE_AFTER, LOGGED, answering(VERDICT, '6901')],
      'debited: declined sam-unavailable chip no-sam-verdict',
    ],
    [
      'proof and log, and a balance that has come back',
      [PROOF, BALANCE_BEFORE, LOGGED, VERDICT],
      'debited: declined card-error chip balance-mismatch',
    ],
    [
      'balance and log, no proof',
      [NO_PROOF, BALANCE_AFTER, LOGGED, COUNTER_8],
      'debited: declined card-error chip no-proof',
    ],
    [
      'balance and log, proof not supported',
      [UNSUPPORTED, BALANCE_AFTER, LOGGED, COUNTER_8],
      'debited: declined card-error chip no-proof',
    ],
    [
      'a proof of a byte too few, balance and log',
      [answering(PROOF, 'D5BA4A539AA91D9000'), BALANCE_AFTER, LOGGED, COUNTER_8],
      'debited: declined card-error chip no-proof',
    ],
    [
      'a proof of a byte too many, balance and log',
      [answering(PROOF, 'D5BA4A539AA91D39009000'), BALANCE_AFTER, LOGGED, COUNTER_8],
      'debited: declined card-error chip no-proof',
    ],
  ])('with %s', (_, exchanges, said) => {
    expect(shows(...exchanges).said).toBe(said);
  });

  it.each<[string, readonly Exchange[]]>([
    ['9406, balance and counter', [NO_PROOF, BALANCE_BEFORE, NO_LOG, COUNTER_7]],
    ['9406 and balance; the counter is not told', [NO_PROOF, BALANCE_BEFORE, NO_LOG, NO_COUNTER]],
    ['proof not supported, balance and counter', [UNSUPPORTED, BALANCE_BEFORE, NO_LOG, COUNTER_7]],
    [
      'the counter stands, and it was loaded since',
      [NO_PROOF, answering(BALANCE_BEFORE, '00001F409000'), NO_LOG, COUNTER_7],
    ],
    ['a proof of long ago: the counter stands', [PROOF, BALANCE_BEFORE, NO_LOG, COUNTER_7]],
    [
      'another’s entry in its log, the counter stands',
      [NO_PROOF, BALANCE_BEFORE, STRANGER, answering(NO_LOG, '6A83'), COUNTER_7],
    ],
  ])('and has not paid: %s', (_, exchanges) => {
    const second = exchanges.map((one, at) =>
      one.name === 'log 1' && exchanges[at - 1]?.name === 'log 1' ? { ...one, command: '00B202C417' } : one,
    );
    expect(shows(...second).said).toBe('not-debited');
  });

  it.each<[string, readonly Exchange[], string, object]>([
    [
      'the counter moved',
      [NO_PROOF, BALANCE_BEFORE, NO_LOG, COUNTER_8],
      'moved-on',
      { balance: 5_000, sequence: 8, proof: 'none', logged: false },
    ],
    ['another balance', [NO_PROOF, OTHER_BALANCE, NO_LOG, COUNTER_8], 'moved-on', { balance: 2_000, sequence: 8 }],
    [
      'the balance after it, and nothing else',
      [NO_PROOF, BALANCE_AFTER, NO_LOG, COUNTER_8],
      'moved-on',
      { logged: false },
    ],
    [
      'the balance after it, the counter before',
      [NO_PROOF, BALANCE_AFTER, NO_LOG, COUNTER_7],
      'moved-on',
      { sequence: 7 },
    ],
    [
      'a log that names it, and another balance',
      [NO_PROOF, OTHER_BALANCE, LOGGED, COUNTER_8],
      'moved-on',
      { logged: true },
    ],
    [
      'a proof that neither balance nor log bears out',
      [PROOF, OTHER_BALANCE, NO_LOG, COUNTER_8],
      'moved-on',
      { proof: 'given' },
    ],
    ['no balance', [NO_PROOF, NO_BALANCE, NO_LOG, COUNTER_7], 'no-evidence', { proof: 'none' }],
    ['balance alone', [UNSUPPORTED, BALANCE_BEFORE, NO_LOG, NO_COUNTER], 'no-evidence', { proof: 'not-supported' }],
  ])('and leaves it open: %s', (_, exchanges, why, seen) => {
    const { result, said } = shows(...exchanges);
    expect(said).toBe(`undecided ${why}`);
    expect(result).toMatchObject({ seen });
  });

  it('is another card: nothing but SELECT and file 15 is asked', () => {
    const file = SELECTED.find((one) => one.name === 'file 15')?.answer ?? '';
    expect(recover(until(SELECTED, 'file 15', file.replace('789012', '789013'))).said).toBe('other-card');
    expect(recover(until(SELECTED, 'adf', '6A82')).said).toBe('other-card');
    expect(recover(until(SELECTED, 'file 15', '6A82')).said).toBe('other-card');
  });

  it('whose issuer counts the other way is asked for the number itself', () => {
    const proof = { ...PROOF, command: '805A000602000708' };
    const application = { ...APPLICATION, proves: 'number-of' as const };
    expect(recover([...SELECTED, proof, BALANCE_AFTER, LOGGED, VERDICT], application).said).toBe('debited: approved');
  });

  it.each([0, 1, 2, 3, 4, 5])('and leaves again at exchange %i is torn', (tearAt) => {
    expect(recover(RECOVERED, APPLICATION, tearAt).said).toBe('torn');
  });

  it('reads the log no further than its ten records', () => {
    const log = Array.from({ length: 10 }, (_, at) => ({
      ...STRANGER,
      name: `log ${at + 1}`,
      command: `00B2${(at + 1).toString(16).padStart(2, '0').toUpperCase()}C417`,
    }));
    expect(shows(NO_PROOF, BALANCE_BEFORE, ...log, COUNTER_7).said).toBe('not-debited');
  });
});

describe('the proof’s number', () => {
  it('wraps with the counter', () => {
    const intent = { ...INTENT, offlineSequence: 0xffff };
    const proof = { ...PROOF, command: '805A000602000008' };
    const { result } = play(recoverPursePurchase(intent, APPLICATION), [
      ...SELECTED,
      proof,
      BALANCE_AFTER,
      LOGGED,
      VERDICT,
    ]);
    expect(recoveryInWords(result)).toBe('debited: approved');
  });
});

describe('a log entry that differs in one thing is of another purchase', () => {
  it.each([
    ['amount', '000004E2', '000004E3'],
    ['type', '06010203', '09010203'],
    ['terminal', '010203040506', '010203040507'],
    ['date', '20250601', '20250602'],
    ['time', '123015', '123016'],
  ])('%s', (_, piece, by) => {
    const entry = answering(LOGGED, LOGGED.answer.replace(piece, by));
    const end = { ...NO_LOG, command: '00B202C417' };
    expect(shows(NO_PROOF, BALANCE_AFTER, entry, end, COUNTER_8).said).toBe('undecided moved-on');
  });
});
