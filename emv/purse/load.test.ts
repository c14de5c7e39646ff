import { describe, expect, it } from 'vitest';
import { fen, hex, Secret, toHex } from '../values/index.ts';
import { recoverPurseLoad } from './credit.ts';
import type { PurseLoadIntent } from './intent.ts';
import { purseLoad } from './load.ts';
import {
  APPLICATION,
  type Exchange,
  LOAD,
  LOAD_INPUT,
  LOAD_RECOVERED,
  type Script,
  SELECTED,
} from './testing/golden-purse.ts';
import { inWords, type PlayOptions, play, recoveryInWords, until } from './testing/play.ts';

const load = (script: Script, options: PlayOptions = {}, input = LOAD_INPUT) => {
  const played = play(purseLoad(input), script, options);
  return { ...played, said: inWords(played.result) };
};
const one = (name: string, command: string, answer: string): Exchange => ({ name, to: 'card', command, answer });

const NO_PROOF = one('proof', '805A000202000408', '9406');
const BEFORE = one('balance', '805C000204', '000013889000');
const AFTER = one('balance', '805C000204', '00003A989000');
const NO_LOG = one('log 1', '00B201C417', '6A83');
const COUNTER_3 = one('counter', '805000020B010000000001020304050610', '0000138800030100A1B2C3D4A4108BCA9000');
const EARLIER = one('log 1', '00B201C417', '00020000000000271002010203040506202506011231009000');
const SECOND = one('log 2', '00B202C417', '6A83');
const [PROOF, , LOGGED] = LOAD_RECOVERED.slice(3);
const LAST = (name: string) => LOAD.slice(0, LOAD.findIndex((exchange) => exchange.name === name) + 1);

describe('a load', () => {
  it('is SELECT, file 15, PIN, INITIALIZE, the intent, the host, CREDIT, balance', () => {
    const { said, asked, result } = load(LOAD);
    expect(said).toBe('loaded');
    expect(asked).toEqual([
      ...['ddf', 'adf', 'file 15', 'check-exception-file', 'verify-cardholder', 'verify', 'initialise'],
      ...['save-intent', 'authorise-load', 'credit', 'balance'],
    ]);
    expect(result).toMatchObject({
      credit: {
        type: 0x02,
        amount: 10_000,
        balanceBefore: 5_000,
        balanceAfter: 15_000,
        balanceSeen: 15_000,
        onlineSequence: 3,
        transactionCode: hex('309FFC9C'),
        authorisationId: 'L1',
      },
    });
  });

  it('gives the host what the card’s MAC1 covers', () => {
    const { questions } = load(LOAD);
    expect(questions.find(({ name }) => name === 'authorise-load')).toMatchObject({
      load: { mac1: hex('A4108BCA'), random: hex('A1B2C3D4'), terminalId: hex('010203040506'), keyVersion: 1 },
    });
  });
});

describe('the PIN', () => {
  const secret = (digits: string) => new Secret(new TextEncoder().encode(digits));
  const entered = (pin: Secret) => ({ answers: { 'verify-cardholder': { kind: 'entered', pin } as const } });

  it.each([
    ['1234', '00200000021234'],
    ['12345', '002000000312345F'],
    ['123456789012', '0020000006123456789012'],
  ])('%s goes to the card as %s and is wiped', (digits, command) => {
    const pin = secret(digits);
    const script = LOAD.map((exchange) => (exchange.name === 'verify' ? { ...exchange, command } : exchange));
    expect(load(script, entered(pin)).said).toBe('loaded');
    expect(pin.use((bytes) => toHex(bytes))).toBe('00'.repeat(digits.length));
  });

  it.each(['123', '1234567890123', '12a4', ''])('"%s" is none; nothing of it goes to the card', (digits) => {
    const pin = secret(digits);
    expect(load(LAST('file 15'), entered(pin)).said).toBe('declined pin-not-entered none');
    expect(pin.use((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
  });

  it.each(['the card leaves', 'the reader fails'])('is wiped when %s; its exchange is marked as secret', (how) => {
    const pin = secret('123456');
    const script = LAST('verify').values();
    let sent: Uint8Array | undefined;
    const step = purseLoad(LOAD_INPUT);
    let next = step.next();
    while (!next.done && sent === undefined) {
      const { value } = next;
      if (value.name === 'verify-cardholder') next = step.next({ kind: 'entered', pin });
      else if (value.name !== 'exchange') next = step.next({ listed: false });
      else if (!value.secret) {
        next = step.next({ kind: 'answered', response: hex(script.next().value?.answer ?? '') });
      } else sent = value.command;
    }
    expect(sent && toHex(sent)).toBe('0020000003123456');
    if (how === 'the card leaves') step.next({ kind: 'torn' });
    else expect(() => step.throw(new Error('reader gone'))).toThrow('reader gone');
    expect(sent?.every((byte) => byte === 0)).toBe(true);
    expect(pin.use((bytes) => toHex(bytes))).toBe('000000000000');
  });

  it('wrong is asked for again with the tries left, three times at most', () => {
    const wrong = (left: number) => one('verify', '0020000003123456', `63C${left}`);
    const pins = () => ({ kind: 'entered' as const, pin: secret('123456') });
    const asked: (number | undefined)[] = [];
    const tries = (...answers: readonly Exchange[]) => {
      const script = [...SELECTED, ...answers];
      let at = 0;
      asked.length = 0;
      const step = purseLoad(LOAD_INPUT);
      let next = step.next();
      while (!next.done) {
        const { value } = next;
        if (value.name === 'exchange')
          next = step.next({ kind: 'answered', response: hex(script[at++]?.answer ?? '6F00') });
        else if (value.name === 'verify-cardholder') {
          asked.push(value.triesLeft);
          next = step.next(pins());
        } else next = step.next({ listed: false });
      }
      return inWords(next.value);
    };
    expect(tries(wrong(2), wrong(1), wrong(0))).toBe('declined pin-tries-exceeded none');
    expect(asked).toEqual([undefined, 2, 1]);
    expect(tries(wrong(9), wrong(8), wrong(7), wrong(6))).toBe('declined pin-wrong none');
    expect(asked).toEqual([undefined, 9, 8]);
  });

  it.each([
    ['6983', 'declined pin-tries-exceeded none'],
    ['6A81', 'declined card-error none'],
  ])('%s: %s', (answer, said) => {
    expect(load(until(LOAD, 'verify', answer)).said).toBe(said);
  });

  it.each([
    ['cancelled', 'cancelled pin-cancelled'],
    ['timed-out', 'cancelled pin-timed-out'],
    ['bypassed', 'declined pin-not-entered none'],
    ['unavailable', 'declined pin-not-entered none'],
  ] as const)('%s: %s', (kind, said) => {
    expect(load(LAST('file 15'), { answers: { 'verify-cardholder': { kind } } }).said).toBe(said);
  });
});

describe('is refused before the host is asked', () => {
  it.each<[string, string, string]>([
    ['initialise', '6982', 'pin-not-entered'],
    ['initialise', '9403', 'key-not-supported'],
    ['initialise', '9402', 'card-blocked'],
    ['initialise', '6985', 'card-declined'],
    ['initialise', '0000138800030100A1B2C3D4A4108B9000', 'card-error'],
    ['initialise', 'FFFFFFFF00030100A1B2C3D4A4108BCA9000', 'transaction-limit'],
  ])('%s answers %s: %s', (name, answer, reason) => {
    const { said, asked } = load(until(LOAD, name, answer));
    expect(said).toBe(`declined ${reason} none`);
    expect(asked).not.toContain('authorise-load');
  });

  it('by the disk', () => {
    const answers = { 'save-intent': { kind: 'refused', reason: 'storage-unavailable' } } as const;
    const { said, asked } = load(LAST('initialise'), { answers });
    expect(said).toBe('declined storage-unavailable none');
    expect(asked).not.toContain('authorise-load');
  });

  it.each([0, 2 ** 32])('by an amount of %i', (amount) => {
    expect(load([], {}, { ...LOAD_INPUT, amount: fen(amount) }).said).toBe('declined transaction-limit none');
  });
});

describe('what the host says', () => {
  const approved = {
    kind: 'approved',
    mac2: hex('D753D841'),
    date: { year: 2025, month: 6, day: 1 },
    time: { hour: 12, minute: 31, second: 0 },
    authorisationId: 'L1',
  } as const;

  it.each<[string, NonNullable<PlayOptions['answers']>['authorise-load'], string, string | undefined]>([
    ['no', { kind: 'declined', reason: 'insufficient-funds' }, 'declined insufficient-funds none', undefined],
    ['nothing', { kind: 'no-answer' }, 'declined host-unreachable none', undefined],
    ['a MAC2 of three bytes', { ...approved, mac2: hex('D753D8') }, 'declined host-unreachable none', 'L1'],
  ])('%s: %s', (_, answer, said, id) => {
    const { said: heard, result } = load(LAST('initialise'), answer && { answers: { 'authorise-load': answer } });
    expect(heard).toBe(said);
    expect('authorisationId' in result ? result.authorisationId : undefined).toBe(id);
  });
});

describe('after CREDIT', () => {
  it.each<[string, Script, string]>([
    ['a balance that does not add up is said', until(LOAD, 'balance', '000013889000'), 'loaded balance-mismatch'],
    [
      'MAC2 wrong, nothing taken',
      until(LOAD, 'credit', '9302', NO_PROOF, BEFORE, NO_LOG, COUNTER_3),
      'declined not-genuine none',
    ],
    ['9000 without TAC, and taken', until(LOAD, 'credit', '9000', ...LOAD_RECOVERED.slice(3)), 'loaded'],
    [
      'and it fits neither side',
      until(LOAD, 'credit', '6F00', NO_PROOF, AFTER, NO_LOG, COUNTER_3),
      'torn after-intent',
    ],
  ])('%s', (_, script, said) => {
    const { said: heard, result } = load(script);
    expect(heard).toBe(said);
    if (result.kind === 'declined') expect(result).toMatchObject({ authorisationId: 'L1' });
    if (result.kind === 'loaded') expect(result.credit.authorisationId).toBe('L1');
  });

  it.each<[number, string, string]>([
    [0, 'ddf', 'torn before-intent'],
    [3, 'verify', 'torn before-intent'],
    [4, 'initialise', 'torn before-intent'],
    [5, 'credit', 'torn after-intent'],
    [6, 'balance', 'loaded'],
  ])('torn at exchange %i (%s): %s', (tearAt, name, said) => {
    const { said: heard, asked } = load(LOAD, { tearAt });
    expect([heard, asked.at(-1)]).toEqual([said, name]);
  });
});

describe('a card that comes back after a load', () => {
  function intentOf(): PurseLoadIntent {
    const { questions } = load(LOAD, { tearAt: 5 });
    const saved = questions.find(({ name }) => name === 'save-intent');
    if (saved?.name !== 'save-intent' || saved.intent.path !== 'purse-load') return expect.fail('no intent');
    return saved.intent;
  }
  const INTENT = intentOf();
  const recover = (script: Script, tearAt?: number) => {
    const { result } = play(recoverPurseLoad(INTENT, APPLICATION), script, tearAt === undefined ? {} : { tearAt });
    return { result, said: recoveryInWords(result) };
  };
  const shows = (...exchanges: readonly (Exchange | undefined)[]) =>
    recover([...SELECTED, ...exchanges.flatMap((exchange) => exchange ?? [])]).said;

  it('and has taken it gives the TAC', () => {
    const { result, said } = recover(LOAD_RECOVERED);
    expect(said).toBe('credited: loaded');
    expect(result).toMatchObject({ outcome: { credit: { transactionCode: hex('309FFC9C'), balanceAfter: 15_000 } } });
  });

  it.each<[string, readonly (Exchange | undefined)[], string]>([
    ['balance and log, no proof', [NO_PROOF, AFTER, LOGGED, COUNTER_3], 'credited: loaded no-proof'],
    ['a proof and another balance', [PROOF, BEFORE, LOGGED], 'credited: loaded balance-mismatch'],
    ['nothing', [NO_PROOF, BEFORE, NO_LOG, COUNTER_3], 'not-credited'],
    ['a log that names the load before', [NO_PROOF, AFTER, EARLIER, SECOND, COUNTER_3], 'undecided moved-on'],
    [
      'nothing, and the online number is not told without a PIN',
      [NO_PROOF, BEFORE, NO_LOG, { ...COUNTER_3, answer: '6982' }],
      'not-credited',
    ],
    [
      'spent since, the online number stands',
      [NO_PROOF, { ...BEFORE, answer: '000007D09000' }, NO_LOG, COUNTER_3],
      'not-credited',
    ],
    [
      'spent since, the number is not told',
      [NO_PROOF, { ...BEFORE, answer: '000007D09000' }, NO_LOG, { ...COUNTER_3, answer: '6982' }],
      'undecided moved-on',
    ],
    ['the balance alone', [NO_PROOF, AFTER, NO_LOG, { ...COUNTER_3, answer: '6982' }], 'undecided moved-on'],
  ])('%s', (_, exchanges, said) => {
    expect(shows(...exchanges)).toBe(said);
  });

  it('is another card', () => {
    const file = SELECTED.find(({ name }) => name === 'file 15')?.answer ?? '';
    expect(recover(until(SELECTED, 'file 15', file.replace('789012', '789013'))).said).toBe('other-card');
  });

  it.each([0, 2, 3, 4, 5])('and leaves again at exchange %i is torn', (tearAt) => {
    expect(recover(LOAD_RECOVERED, tearAt).said).toBe('torn');
  });
});
