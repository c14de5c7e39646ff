import { describe, expect, it } from 'vitest';
import type { PaymentKind } from './payment-kind.ts';
import { sentenceFor as sentenceOf } from './sentences.ts';

type Told = Parameters<typeof sentenceOf>[0];
const sentenceFor = (told: Omit<Told, 'kind'>, kind: PaymentKind = 'purchase') => sentenceOf({ kind, ...told });

const REASONS = [
  'hotlisted expired insufficient-funds card-declined host-declined debt host-unreachable offline-limit transaction-limit',
  'online-pin-required pin-wrong pin-not-entered pin-tries-exceeded document-mismatch no-common-application application-blocked',
  'card-blocked unknown-ca-key not-genuine card-error use-contact storage-unavailable',
].flatMap((line) => line.split(' '));
/** Of purses, and of what a terminal does without the host: no load comes to them. */
const OF_PURCHASES = [
  'card-offline-limit',
  'card-too-soon',
  'card-day-limit',
  'terminal-day-limit',
  'not-yet-valid',
  'key-not-supported',
  'sam-unavailable',
  'sam-locked',
];

describe('sentenceFor', () => {
  it.each([...REASONS, ...OF_PURCHASES])(
    'a payment declined as %s has its own sentence, which says that nothing was charged',
    (reason) => {
      const sentence = sentenceFor({ state: 'declined', reason, debited: 'none' });
      expect(sentence?.zh).toMatch(/[一-鿿].*未扣款/);
      expect(sentence?.en).toContain('othing was charged');
      expect(sentence).not.toEqual(sentenceFor({ state: 'failed', reason: 'internal-error' }));
    },
  );

  it('no two reasons share a sentence', () => {
    const all = [...REASONS, ...OF_PURCHASES];
    const sentences = all.map((reason) => sentenceFor({ state: 'declined', reason })?.en);
    expect(new Set(sentences).size).toBe(all.length);
  });

  it.each(['torn', 'other-card'])('%s asks for the same card again', (reason) => {
    const sentence = sentenceFor({ state: 'present-again', reason });
    expect(sentence?.zh).toContain('同一张卡');
    expect(sentence?.en).toContain('same card again');
  });

  it('never says that nothing was charged when the chip has paid', () => {
    const sentence = sentenceFor({ state: 'declined', reason: 'not-genuine', debited: 'chip' });
    expect(sentence?.zh).toContain('已扣款');
    expect(sentence?.en).not.toContain('othing was charged');
  });

  it.each(['cancelled', 'timeout'])('nor when a torn payment was closed as undecided (%s)', (reason) => {
    const sentence = sentenceFor({ state: 'undecided', reason, debited: 'unknown' });
    expect(sentence?.en).toContain('not known');
    expect(sentence?.zh).not.toContain('未扣款');
  });

  it('says nothing without a reason, and something about a reason it does not know', () => {
    expect(sentenceFor({ state: 'approved' })).toBeUndefined();
    expect(sentenceFor({ state: 'failed', reason: 'no-such-reason' })?.zh).toBeTruthy();
  });

  it.each([...REASONS, 'balance-limit'])(
    'a load declined as %s has its own sentence, which sells nothing',
    (reason) => {
      const sentence = sentenceFor({ state: 'declined', reason, debited: 'none' }, 'load');
      expect(sentence?.zh).toContain('未圈存');
      expect(sentence?.zh).not.toMatch(/收款|付款/);
      expect(sentence?.en).toContain('othing was loaded');
      expect(sentence?.en).not.toMatch(/\bpay|payment|charged/);
    },
  );

  it.each(['not-loaded', 'found-not-loaded'])('a load that was %s: the account keeps the money', (reason) => {
    const sentence = sentenceFor({ state: 'declined', reason, debited: 'none' }, 'load');
    expect(sentence?.zh).toContain('账户未扣款');
    expect(sentence?.en).toContain('keeps the money');
  });

  it.each(['torn', 'other-card'])('%s asks for the same card of a load', (reason) => {
    const sentence = sentenceFor({ state: 'present-again', reason }, 'load');
    expect(sentence?.zh).toMatch(/同一张卡.*不会重复圈存/);
  });

  it('an undecided load says so, and not to load again', () => {
    const sentence = sentenceFor({ state: 'undecided', reason: 'cancelled', debited: 'unknown' }, 'load');
    expect(sentence?.zh).toMatch(/尚不确定.*请勿为此再次圈存/);
    expect(sentence?.en).toContain('not known');
  });

  it.each([
    'cancelled',
    'timeout',
    'not-answered',
    'restarted',
    'no-balance',
    'no-common-application',
    'transmission',
    'card-error',
  ])('an inquiry that came to nothing (%s) does not speak of money taken', (reason) => {
    const sentence = sentenceFor({ state: 'declined', reason }, 'balance');
    expect(sentence?.zh).not.toMatch(/扣款|付款|收款/);
    expect(sentence?.en).not.toMatch(/charged|payment|\bpay\b/);
  });

  it('a reason that it does not know is a failure of the terminal, in the words of its kind', () => {
    expect(sentenceFor({ state: 'failed', reason: 'none-such' }, 'load')?.zh).toContain('未圈存');
  });
});
