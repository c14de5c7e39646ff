import type { Record } from './record.ts';

/** What the seal says of a batch's records. */
export interface Totals {
  readonly count: number;
  /** Sum of the approved records, fen. */
  readonly totalMinor: number;
}

/** Counts records and adds up the approved ones, whoever funded them. */
export function totalsOf(records: readonly Pick<Record, 'outcome' | 'amountMinor'>[]): Totals {
  const approved = records.filter(({ outcome }) => outcome === 'approved');
  return { count: records.length, totalMinor: approved.reduce((sum, { amountMinor }) => sum + amountMinor, 0) };
}
