import { z } from 'zod';
import type { ChipTransaction } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { weighLoadsOf } from '../loads/weigh-loads.ts';
import { decideUndecidedOf } from './undecided.ts';

/** Which of these cards have an undecided payment, or a load that the chip has not proven: the others need no weighing. */
export async function openQuestions(tx: Transaction, tokens: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows(
    z.object({ token: z.string() }),
    `select token from undecided where state = 'open' and token = any($1)
     union select token from loads where not proven and token = any($1)`,
    [tokens],
  );
  return new Set(rows.map(({ token }) => token));
}

/** Decides whatever was open about a chip, after something was seen of it. The caller has the card's lock. */
export async function weighEvidence(
  tx: Transaction,
  context: HostContext,
  chip: Pick<ChipTransaction, 'token' | 'panSequence'>,
): Promise<void> {
  await weighLoadsOf(tx, context, chip);
  await decideUndecidedOf(tx, context, chip);
}
