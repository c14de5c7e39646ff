import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fen } from '../../emv/values/index.ts';
import {
  clockState,
  effectiveFloor,
  type OfflineFacts,
  offlineDecision,
  percentLeft,
  percentLeftOfCard,
} from './offline-limits.ts';
import { FRESH, POLICY } from './test-support.ts';

const { hotlistAgeS: _, ...withoutHotlist } = FRESH;
const today = (count: number, sumMinor: number, tripped = false) => ({ today: { count, sumMinor, tripped } });

describe('effectiveFloor', () => {
  it.each<[string, OfflineFacts, number]>([
    ['everything fresh', FRESH, 20_001],
    ['hotlist at the edge of fresh', { ...FRESH, hotlistAgeS: 100 }, 20_001],
    ['hotlist just past it: half, rounded down', { ...FRESH, hotlistAgeS: 101 }, 10_000],
    ['parameters stale', { ...FRESH, parametersAgeS: 1000 }, 10_000],
    ['hotlist too old', { ...FRESH, hotlistAgeS: 1001 }, 0],
    ['never had a hotlist', withoutHotlist, 0],
    ['clock not to be trusted', { ...FRESH, clock: 'untrusted' }, 0],
    ['little room below the bound of the sum', { ...FRESH, unacknowledgedSum: 499_000 }, 1000],
    ['sum over its bound', { ...FRESH, unacknowledgedSum: 600_000 }, 0],
    ['one below the bound of the count', { ...FRESH, unacknowledgedCount: 74 }, 20_001],
    ['count at its bound', { ...FRESH, unacknowledgedCount: 75 }, 0],
    ['the oldest at its bound', { ...FRESH, unacknowledgedAgeS: 5_000 }, 20_001],
    ['the oldest past it', { ...FRESH, unacknowledgedAgeS: 5_001 }, 0],
    ['little room on this day', { ...FRESH, ...today(1, 999_500) }, 500],
    ['a day over its sum', { ...FRESH, ...today(1, 1_000_001) }, 0],
    ['one below the count of a day', { ...FRESH, ...today(99, 0) }, 20_001],
    ['the count of a day', { ...FRESH, ...today(100, 0) }, 0],
    ['the breaker is open', { ...FRESH, ...today(1, 1, true) }, 0],
  ])('%s', (_name, facts, expected) => {
    expect(effectiveFloor(fen(20_001), POLICY, facts)).toBe(expected);
  });

  it('never rises with age, sum or count', () => {
    const facts = fc.record({
      hotlistAgeS: fc.nat(2000),
      parametersAgeS: fc.nat(2000),
      unacknowledgedSum: fc.nat(700_000),
      unacknowledgedCount: fc.nat(100),
      unacknowledgedAgeS: fc.nat(9_000),
      today: fc.record({ count: fc.nat(120), sumMinor: fc.nat(1_200_000), tripped: fc.boolean() }),
    });
    fc.assert(
      fc.property(facts, facts, fc.nat(1_000_000), (a, b, floor) => {
        const worse: OfflineFacts = {
          clock: 'trusted',
          hotlistAgeS: Math.max(a.hotlistAgeS, b.hotlistAgeS),
          parametersAgeS: Math.max(a.parametersAgeS, b.parametersAgeS),
          unacknowledgedSum: Math.max(a.unacknowledgedSum, b.unacknowledgedSum),
          unacknowledgedCount: Math.max(a.unacknowledgedCount, b.unacknowledgedCount),
          unacknowledgedAgeS: Math.max(a.unacknowledgedAgeS, b.unacknowledgedAgeS),
          today: {
            count: Math.max(a.today.count, b.today.count),
            sumMinor: Math.max(a.today.sumMinor, b.today.sumMinor),
            tripped: a.today.tripped || b.today.tripped,
          },
        };
        const before: OfflineFacts = { ...a, clock: 'trusted' };
        const better = effectiveFloor(fen(floor), POLICY, before);
        expect(effectiveFloor(fen(floor), POLICY, worse)).toBeLessThanOrEqual(better);
        expect(better).toBeLessThanOrEqual(floor);
        expect(percentLeftOfCard(POLICY, worse)).toBeLessThanOrEqual(percentLeftOfCard(POLICY, before));
        expect(percentLeftOfCard(POLICY, before)).toBeLessThanOrEqual(percentLeft(POLICY, before));
      }),
    );
  });
});

describe('offlineDecision', () => {
  it.each<[string, number, number, Partial<OfflineFacts>, string]>([
    ['one fen', 1, 100, {}, 'allowed'],
    ['the floor limit', 100, 100, {}, 'allowed'],
    ['above it', 101, 100, {}, 'offline-limit'],
    ['no floor limit', 1, 0, {}, 'offline-limit'],
    ['nothing', 0, 100, {}, 'offline-limit'],
    ['half of it is left', 51, 100, { hotlistAgeS: 500 }, 'offline-limit'],
    ['the rest of the day', 100, 100, today(5, 999_900), 'allowed'],
    ['more than that', 100, 100, today(5, 999_901), 'terminal-day-limit'],
    ['the day is over', 1, 100, today(5, 0, true), 'terminal-day-limit'],
    ['the day is over, and the amount would be too much on any', 101, 100, today(5, 0, true), 'offline-limit'],
    [
      'the day is over, and the lists are too old',
      1,
      100,
      { ...today(5, 0, true), hotlistAgeS: 9_999 },
      'offline-limit',
    ],
  ])('%s', (_name, amount, floor, facts, expected) => {
    const decision = offlineDecision(fen(amount), fen(floor), POLICY, { ...FRESH, ...facts });
    expect(decision.kind === 'allowed' ? 'allowed' : decision.reason).toBe(expected);
  });

  it('agrees with the floor limit that is shown', () => {
    const facts = fc.record({ hotlistAgeS: fc.nat(2000), count: fc.nat(120), sumMinor: fc.nat(1_200_000) });
    fc.assert(
      fc.property(
        facts,
        fc.integer({ min: 1, max: 60_000 }),
        fc.nat(60_000),
        ({ hotlistAgeS, ...spent }, amount, floor) => {
          const now: OfflineFacts = { ...FRESH, hotlistAgeS, today: { ...spent, tripped: false } };
          const allowed = offlineDecision(fen(amount), fen(floor), POLICY, now).kind === 'allowed';
          expect(allowed).toBe(amount <= effectiveFloor(fen(floor), POLICY, now));
        },
      ),
    );
  });
});

describe('clockState', () => {
  it.each([
    [{ now: 1000, builtAt: 1000 }, 'trusted'],
    [{ now: 999, builtAt: 1000 }, 'untrusted'],
    [{ now: 2000, builtAt: 1000, lastRecordAt: 2000 }, 'trusted'],
    [{ now: 1999, builtAt: 1000, lastRecordAt: 2000 }, 'untrusted'],
    [{ now: 2000, builtAt: 1000, hotlistConfirmedAt: 2000 }, 'trusted'],
    [{ now: 1999, builtAt: 1000, hotlistConfirmedAt: 2000 }, 'untrusted'],
  ] as const)('%o is %s', (times, expected) => {
    expect(clockState(times)).toBe(expected);
  });
});
