import { describe, expect, it } from 'vitest';
import { fen } from '../../emv/values/index.ts';
import { deferralDecision, deferralOffered, type TrustedCard, type TrustFacts } from './deferral.ts';
import type { OfflinePolicy } from './policy.ts';
import { FRESH, POLICY } from './test-support.ts';

const ON: OfflinePolicy = { ...POLICY, deferral: { amount: fen(2_001), count: 3, sum: fen(5_000) } };
const CARD: TrustedCard = {
  today: { count: 0, sumMinor: 0, tripped: false },
  hotlisted: false,
  openDebt: false,
  onlinePin: false,
};

const saidBy = (decision: { kind: 'allowed' } | { kind: 'refused'; reason: string }): string =>
  decision.kind === 'allowed' ? 'allowed' : decision.reason;

describe('an ARQC while the host is away', () => {
  it.each<[string, number, Partial<TrustFacts>, string]>([
    ['within all bounds', 2_001, {}, 'allowed'],
    ['above the amount', 2_002, {}, 'amount'],
    ['no amount', 0, {}, 'not-offered'],
    ['an old list leaves half', 1_000, { hotlistAgeS: 101 }, 'allowed'],
    ['and no more', 1_001, { hotlistAgeS: 101 }, 'amount'],
    ['a list that is too old', 1, { hotlistAgeS: 1_001 }, 'stale'],
    ['parameters that are too old', 1, { parametersAgeS: 1_001 }, 'stale'],
    ['a clock that is wrong', 1, { clock: 'untrusted' }, 'stale'],
    ['the last of the count', 1, { deferred: { count: 2, sumMinor: 2 } }, 'allowed'],
    ['one more', 1, { deferred: { count: 3, sumMinor: 3 } }, 'too-many'],
    ['the last of the sum', 2_000, { deferred: { count: 1, sumMinor: 3_000 } }, 'allowed'],
    ['beyond it', 2_001, { deferred: { count: 1, sumMinor: 3_000 } }, 'too-many'],
    ['too much waits for the centre', 1_001, { unacknowledgedSum: 499_000 }, 'backlog'],
    ['it has waited too long', 1, { unacknowledgedAgeS: 5_001 }, 'backlog'],
    ['the terminal’s day is over', 1, { today: { count: 1, sumMinor: 1, tripped: true } }, 'terminal-day-limit'],
  ])('%s', (_name, amount, facts, expected) => {
    const now = { ...FRESH, ...facts };
    expect(saidBy(deferralOffered(fen(amount), ON, now))).toBe(expected);
    expect(saidBy(deferralDecision(fen(amount), ON, now, CARD))).toBe(expected);
  });

  it('is trusted by nobody where nobody has turned that on', () => {
    expect(saidBy(deferralOffered(fen(1), POLICY, FRESH))).toBe('not-offered');
    expect(saidBy(deferralDecision(fen(1), POLICY, FRESH, CARD))).toBe('not-offered');
  });

  it.each<[Partial<TrustedCard>, string]>([
    [{ hotlisted: true }, 'hotlisted'],
    [{ openDebt: true }, 'open-debt'],
    [{ onlinePin: true }, 'online-pin'],
    [{ today: { count: 10, sumMinor: 10, tripped: false } }, 'card-day-limit'],
    [{ today: { count: 1, sumMinor: 1, tripped: true } }, 'card-day-limit'],
    [{ sinceLastS: 1 }, 'card-too-soon'],
  ])('of a card with %o: refused', (card, expected) => {
    expect(saidBy(deferralDecision(fen(100), ON, FRESH, { ...CARD, ...card }))).toBe(expected);
  });
});
