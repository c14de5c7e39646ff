import type { Record } from './record.ts';

/** What the seal says of a batch's records. */
export interface Totals {
  readonly count: number;
  /** Sum of the approved purchases, fen. */
  readonly totalMinor: number;
}

/** Is the merchant to have its amount? A load moves money from one pot of its card to the other. */
export const paysMerchant = ({ kind, outcome }: Pick<Record, 'kind' | 'outcome'>): boolean =>
  kind === 'purchase' && outcome === 'approved';

/** Counts records and adds up the approved purchases, whoever funded them. */
export function totalsOf(records: readonly Pick<Record, 'kind' | 'outcome' | 'amountMinor'>[]): Totals {
  const approved = records.filter(paysMerchant);
  return { count: records.length, totalMinor: approved.reduce((sum, { amountMinor }) => sum + amountMinor, 0) };
}
