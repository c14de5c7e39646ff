import { describe, expect, it } from 'vitest';
import { fen } from '../../emv/values/index.ts';
import { policyUnder } from './policy.ts';
import { POLICY } from './test-support.ts';

describe('policyUnder', () => {
  it('leaves what the parameters say nothing of', () => {
    expect(policyUnder(POLICY)).toEqual(POLICY);
    expect(policyUnder(POLICY, { card: {}, terminal: {} })).toEqual(POLICY);
  });

  it('takes what is stricter, part by part', () => {
    const scheme = {
      card: { dayCount: 3, daySumMinor: 999_999, intervalS: 60 },
      terminal: {
        dayCount: 1_000,
        daySumMinor: 70_000,
        unacknowledgedCount: 9,
        unacknowledgedSumMinor: 8_000,
        unacknowledgedAgeS: 7,
      },
    };
    expect(policyUnder(POLICY, scheme)).toEqual({
      ...POLICY,
      maxUnacknowledgedSum: 8_000,
      maxUnacknowledgedCount: 9,
      maxUnacknowledgedAgeS: 7,
      terminalDay: { count: 100, sum: 70_000 },
      cardDay: { count: 3, sum: 10_000 },
      cardIntervalS: 60,
    });
  });

  it.each([
    ['by the centre alone', undefined, { amountMinor: 5, count: 6, sumMinor: 7 }, { amount: 5, count: 6, sum: 7 }],
    [
      'by the installation alone',
      { amount: fen(5), count: 6, sum: fen(7) },
      undefined,
      { amount: 5, count: 6, sum: 7 },
    ],
    [
      'by both: the stricter parts',
      { amount: fen(1), count: 9, sum: fen(7) },
      { amountMinor: 5, count: 6, sumMinor: 8 },
      { amount: 1, count: 6, sum: 7 },
    ],
  ])('trust is turned on %s', (_name, own, scheme, expected) => {
    const policy = { ...POLICY, ...(own && { deferral: own }) };
    expect(policyUnder(policy, scheme && { deferral: scheme }).deferral).toEqual(expected);
  });

  it('and by nobody else', () => {
    expect('deferral' in policyUnder(POLICY, { card: { dayCount: 1 } })).toBe(false);
  });
});
