import type { ChipTransaction } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { weighLoadsOf } from '../loads/weigh-loads.ts';
import { decideUndecidedOf } from './undecided.ts';

/** Decides whatever was open about a chip, after something was seen of it. The caller has the card's lock. */
export async function weighEvidence(
  tx: Transaction,
  context: HostContext,
  chip: Pick<ChipTransaction, 'token' | 'panSequence'>,
): Promise<void> {
  await weighLoadsOf(tx, context, chip);
  await decideUndecidedOf(tx, context, chip);
}
