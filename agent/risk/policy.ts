import type { ParametersContent } from '../../clearing/contract/index.ts';
import { type Fen, fen } from '../../emv/values/index.ts';
import { present } from '../present.ts';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** How much of a limit is left when a list is so old. Beyond the last row nothing is (design 4.9). */
export interface StalenessStep {
  readonly upToS: number;
  readonly percent: number;
}

export const STALENESS: readonly StalenessStep[] = [
  { upToS: DAY_S, percent: 100 },
  { upToS: 3 * DAY_S, percent: 50 },
  { upToS: 10 * DAY_S, percent: 20 },
];

/** How much of a card's limits is left when so much of what may wait for the centre is waiting. */
export interface FillStep {
  /** Of the bound of sum or count, whichever is nearer. */
  readonly upToPercent: number;
  readonly percent: number;
}

export const FILL: readonly FillStep[] = [
  { upToPercent: 50, percent: 100 },
  { upToPercent: 80, percent: 50 },
  { upToPercent: 100, percent: 20 },
];

/** Bounds of a local day: beyond them the breaker opens. */
export interface DayBound {
  readonly count: number;
  readonly sum: Fen;
}

/** Bounds of what is approved on trust, with nothing but an ARQC, while the host is away. */
interface DeferralBound {
  /** Of one payment. It shrinks with staleness. */
  readonly amount: Fen;
  /** Of those that the host has not seen yet. */
  readonly count: number;
  readonly sum: Fen;
}

/** Bounds of what may be approved without the host's word, beside the floor limit. */
export interface OfflinePolicy {
  /** Sum of approved records that are not yet at the centre, fen. */
  readonly maxUnacknowledgedSum: Fen;
  readonly maxUnacknowledgedCount: number;
  /** Of the oldest of them. */
  readonly maxUnacknowledgedAgeS: number;
  readonly staleness: readonly StalenessStep[];
  readonly fill: readonly FillStep[];
  readonly terminalDay: DayBound;
  readonly cardDay: DayBound;
  /** Between two payments of one card; 0 for none. */
  readonly cardIntervalS: number;
  /** Absent: nothing is approved on trust. */
  readonly deferral?: DeferralBound;
}

type Scheme = NonNullable<ParametersContent['offlineRisk']>;

const lower = (own: number, scheme: number | undefined): number => Math.min(own, scheme ?? own);

/**
 * What holds at this terminal: the installation's settings, and of the signed parameters whatever is stricter. Deferral is on where
 * either turns it on.
 */
export function policyUnder(own: OfflinePolicy, scheme: Scheme = {}): OfflinePolicy {
  const { terminal = {}, card = {} } = scheme;
  return present({
    ...own,
    maxUnacknowledgedSum: fen(lower(own.maxUnacknowledgedSum, terminal.unacknowledgedSumMinor)),
    maxUnacknowledgedCount: lower(own.maxUnacknowledgedCount, terminal.unacknowledgedCount),
    maxUnacknowledgedAgeS: lower(own.maxUnacknowledgedAgeS, terminal.unacknowledgedAgeS),
    terminalDay: dayUnder(own.terminalDay, terminal),
    cardDay: dayUnder(own.cardDay, card),
    cardIntervalS: Math.max(own.cardIntervalS, card.intervalS ?? 0),
    deferral: deferralUnder(own.deferral, scheme.deferral),
  });
}

const dayUnder = (own: DayBound, scheme: { readonly dayCount?: number; readonly daySumMinor?: number }): DayBound => ({
  count: lower(own.count, scheme.dayCount),
  sum: fen(lower(own.sum, scheme.daySumMinor)),
});

function deferralUnder(own: DeferralBound | undefined, scheme: Scheme['deferral']): DeferralBound | undefined {
  if (scheme === undefined) return own;
  const { amountMinor, count, sumMinor } = scheme;
  return {
    amount: fen(lower(amountMinor, own?.amount)),
    count: lower(count, own?.count),
    sum: fen(lower(sumMinor, own?.sum)),
  };
}
