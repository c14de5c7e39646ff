import type { DayBound } from './policy.ts';

/** What was approved without the host on one local day, by a terminal or by one card at it. */
export interface DaySpending {
  readonly count: number;
  /** Fen. */
  readonly sumMinor: number;
  /** The breaker has opened, and stays open until the day ends. */
  readonly tripped: boolean;
}

/**
 * What may still be approved on this day, fen; 0 for nothing. A payment beyond it opens the breaker: from then on the day is over
 * for smaller amounts as well, so that nobody feels a way up to the bound.
 */
export function dayRoom(bound: DayBound, { count, sumMinor, tripped }: DaySpending): number {
  return tripped || count >= bound.count ? 0 : Math.max(0, bound.sum - sumMinor);
}
