import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fen } from '../../emv/values/index.ts';
import {
  clockState,
  effectiveFloor,
  type OfflineFacts,
  type OfflinePolicy,
  offlineDecision,
} from './offline-limits.ts';

const policy: OfflinePolicy = {
  maxUnacknowledgedSum: fen(500_000),
  maxUnacknowledgedCount: 75,
  staleness: [
    { upToS: 100, percent: 100 },
    { upToS: 1000, percent: 50 },
  ],
};
const fresh: OfflineFacts = {
  clock: 'trusted',
  hotlistAgeS: 10,
  parametersAgeS: 10,
  unacknowledgedSum: 0,
  unacknowledgedCount: 0,
};
const { hotlistAgeS: _, ...withoutHotlist } = fresh;

describe('effectiveFloor', () => {
  it.each<[string, OfflineFacts, number]>([
    ['everything fresh', fresh, 20_001],
    ['hotlist at the edge of fresh', { ...fresh, hotlistAgeS: 100 }, 20_001],
    ['hotlist just past it: half, rounded down', { ...fresh, hotlistAgeS: 101 }, 10_000],
    ['parameters stale', { ...fresh, parametersAgeS: 1000 }, 10_000],
    ['hotlist too old', { ...fresh, hotlistAgeS: 1001 }, 0],
    ['never had a hotlist', withoutHotlist, 0],
    ['clock not to be trusted', { ...fresh, clock: 'untrusted' }, 0],
    ['little room below the bound of the sum', { ...fresh, unacknowledgedSum: 499_000 }, 1000],
    ['sum over its bound', { ...fresh, unacknowledgedSum: 600_000 }, 0],
    ['one below the bound of the count', { ...fresh, unacknowledgedCount: 74 }, 20_001],
    ['count at its bound', { ...fresh, unacknowledgedCount: 75 }, 0],
  ])('%s', (_name, facts, expected) => {
    expect(effectiveFloor(fen(20_001), policy, facts)).toBe(expected);
  });

  it('never rises with age, sum or count', () => {
    const facts = fc.record({
      hotlistAgeS: fc.nat(2000),
      parametersAgeS: fc.nat(2000),
      unacknowledgedSum: fc.nat(700_000),
      unacknowledgedCount: fc.nat(100),
    });
    fc.assert(
      fc.property(facts, facts, fc.nat(1_000_000), (a, b, floor) => {
        const worse: OfflineFacts = {
          clock: 'trusted',
          hotlistAgeS: Math.max(a.hotlistAgeS, b.hotlistAgeS),
          parametersAgeS: Math.max(a.parametersAgeS, b.parametersAgeS),
          unacknowledgedSum: Math.max(a.unacknowledgedSum, b.unacknowledgedSum),
          unacknowledgedCount: Math.max(a.unacknowledgedCount, b.unacknowledgedCount),
        };
        const better = effectiveFloor(fen(floor), policy, { ...a, clock: 'trusted' });
        expect(effectiveFloor(fen(floor), policy, worse)).toBeLessThanOrEqual(better);
        expect(better).toBeLessThanOrEqual(floor);
      }),
    );
  });
});

describe('offlineDecision', () => {
  it.each([
    [1, 100, 'allowed'],
    [100, 100, 'allowed'],
    [101, 100, 'refused'],
    [1, 0, 'refused'],
    [0, 0, 'refused'],
  ])('%i under a floor of %i is %s', (amount, floor, expected) => {
    expect(offlineDecision(fen(amount), fen(floor)).kind).toBe(expected);
  });
});

describe('clockState', () => {
  it.each([
    [{ now: 1000, builtAt: 1000 }, 'trusted'],
    [{ now: 999, builtAt: 1000 }, 'untrusted'],
    [{ now: 2000, builtAt: 1000, lastRecordAt: 2000 }, 'trusted'],
    [{ now: 1999, builtAt: 1000, lastRecordAt: 2000 }, 'untrusted'],
  ] as const)('%o is %s', (times, expected) => {
    expect(clockState(times)).toBe(expected);
  });
});
