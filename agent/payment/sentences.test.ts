import { describe, expect, it } from 'vitest';
import { sentenceFor } from './sentences.ts';

const REASONS = [
  'hotlisted expired insufficient-funds card-declined host-declined host-unreachable offline-limit transaction-limit',
  'online-pin-required pin-wrong pin-not-entered pin-tries-exceeded no-common-application application-blocked',
  'card-blocked unknown-ca-key not-genuine card-error use-contact storage-unavailable',
  'not-yet-valid key-not-supported sam-unavailable sam-locked',
].flatMap((line) => line.split(' '));

describe('sentenceFor', () => {
  it.each(REASONS)('a payment declined as %s has its own sentence, which says that nothing was charged', (reason) => {
    const sentence = sentenceFor({ state: 'declined', reason, debited: 'none' });
    expect(sentence?.zh).toMatch(/[一-鿿].*未扣款/);
    expect(sentence?.en).toContain('othing was charged');
    expect(sentence).not.toEqual(sentenceFor({ state: 'failed', reason: 'internal-error' }));
  });

  it('no two reasons share a sentence', () => {
    const sentences = REASONS.map((reason) => sentenceFor({ state: 'declined', reason })?.en);
    expect(new Set(sentences).size).toBe(REASONS.length);
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
});
