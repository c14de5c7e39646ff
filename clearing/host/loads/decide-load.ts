import { GAP_GRACE_MS, type LaterBalance } from '../batches/undecided.ts';
import type { Load } from './loads.ts';

/**
 * Has the chip taken a load (design 4.5)? From its next ATC and balance alone: more by exactly the amount means yes, as much as
 * before means no. While ATCs are missing in between, payments may hide either, so nothing is believed before the time of grace.
 * Undefined: not known.
 */
export function decideLoad(
  { atc, amountMinor, balanceBeforeMinor }: Pick<Load, 'atc' | 'amountMinor' | 'balanceBeforeMinor'>,
  later: LaterBalance,
): 'loaded' | 'not-loaded' | undefined {
  if (later.atc !== atc + 1 && later.knownForMs < GAP_GRACE_MS) return undefined;
  const added = later.balanceBeforeMinor - balanceBeforeMinor;
  if (added === amountMinor) return 'loaded';
  return added === 0 ? 'not-loaded' : undefined;
}
