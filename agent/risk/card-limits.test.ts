import { describe, expect, it } from 'vitest';
import { fen } from '../../emv/values/index.ts';
import { type CardFacts, cardDecision } from './card-limits.ts';
import type { OfflineFacts } from './offline-limits.ts';
import { FRESH, POLICY } from './test-support.ts';

type Case = [string, number, CardFacts['today'] & { since?: number }, Partial<OfflineFacts>, string];
const spent = (count: number, sumMinor: number, rest: { tripped?: true; since?: number } = {}) => ({
  count,
  sumMinor,
  tripped: false,
  ...rest,
});

/** The bounds of a day: 10 payments, 10,000 fen; 30 s between two. */
const CASES: readonly Case[] = [
  ['its first payment', 10_000, spent(0, 0), {}, 'allowed'],
  ['more than a day allows', 10_001, spent(0, 0), {}, 'card-day-limit'],
  ['up to the sum of a day', 4_000, spent(3, 6_000), {}, 'allowed'],
  ['beyond it', 4_001, spent(3, 6_000), {}, 'card-day-limit'],
  ['the last payment of a day', 1, spent(9, 9), {}, 'allowed'],
  ['one more', 1, spent(10, 10), {}, 'card-day-limit'],
  ['its breaker is open', 1, spent(1, 1, { tripped: true }), {}, 'card-day-limit'],
  ['a moment after its last', 1, spent(1, 1, { since: 29 }), {}, 'card-too-soon'],
  ['long enough after', 1, spent(1, 1, { since: 30 }), {}, 'allowed'],
  ['before its last, by a clock set back', 1, spent(1, 1, { since: -5 }), {}, 'card-too-soon'],
  ['the breaker counts more than the interval', 1, spent(10, 1, { since: 1 }), {}, 'card-day-limit'],
  ['half is left of an old list: the sum', 5_000, spent(0, 0), { hotlistAgeS: 101 }, 'allowed'],
  ['and no more', 5_001, spent(0, 0), { hotlistAgeS: 101 }, 'card-offline-limit'],
  ['the count', 1, spent(4, 4), { parametersAgeS: 101 }, 'allowed'],
  ['and no more', 1, spent(5, 5), { parametersAgeS: 101 }, 'card-offline-limit'],
  ['a list that is too old', 1, spent(0, 0), { hotlistAgeS: 1_001 }, 'card-offline-limit'],
  ['a clock that is wrong', 1, spent(0, 0), { clock: 'untrusted' }, 'card-offline-limit'],
  ['half of what may wait does', 10_000, spent(0, 0), { unacknowledgedSum: 250_000 }, 'allowed'],
  ['more than half: a fifth is left', 2_000, spent(0, 0), { unacknowledgedSum: 250_001 }, 'allowed'],
  ['and no more', 2_001, spent(0, 0), { unacknowledgedSum: 250_001 }, 'card-offline-limit'],
  ['by count as well', 2_001, spent(0, 0), { unacknowledgedCount: 38 }, 'card-offline-limit'],
  ['more waits than may', 1, spent(0, 0), { unacknowledgedSum: 500_001 }, 'card-offline-limit'],
  ['the least of both', 2_001, spent(0, 0), { unacknowledgedCount: 38, hotlistAgeS: 101 }, 'card-offline-limit'],
];

describe('cardDecision', () => {
  it.each(CASES)('%s: %i fen', (_name, amount, { since, ...today }, facts, expected) => {
    const card: CardFacts = { today, ...(since !== undefined && { sinceLastS: since }) };
    const decision = cardDecision(fen(amount), POLICY, { ...FRESH, ...facts }, card);
    expect(decision.kind === 'allowed' ? 'allowed' : decision.reason).toBe(expected);
  });

  it('without an interval, a card may pay again at once', () => {
    const card = { today: spent(1, 1), sinceLastS: 0 };
    expect(cardDecision(fen(1), { ...POLICY, cardIntervalS: 0 }, FRESH, card).kind).toBe('allowed');
  });
});
