import { fen } from '../../emv/values/index.ts';
import type { TrustFacts } from './deferral.ts';
import type { OfflinePolicy } from './policy.ts';

/** Small round numbers, so that a table of cases can be read. */
export const POLICY: OfflinePolicy = {
  maxUnacknowledgedSum: fen(500_000),
  maxUnacknowledgedCount: 75,
  maxUnacknowledgedAgeS: 5_000,
  staleness: [
    { upToS: 100, percent: 100 },
    { upToS: 1000, percent: 50 },
  ],
  fill: [
    { upToPercent: 50, percent: 100 },
    { upToPercent: 100, percent: 20 },
  ],
  terminalDay: { count: 100, sum: fen(1_000_000) },
  cardDay: { count: 10, sum: fen(10_000) },
  cardIntervalS: 30,
};

/** Everything fresh, nothing sold yet. */
export const FRESH: TrustFacts = {
  clock: 'trusted',
  hotlistAgeS: 10,
  parametersAgeS: 10,
  unacknowledgedSum: 0,
  unacknowledgedCount: 0,
  today: { count: 0, sumMinor: 0, tripped: false },
  deferred: { count: 0, sumMinor: 0 },
};
