import { z } from 'zod';
import type { Record } from '../../contract/record/index.ts';
import { decide } from '../batches/undecided.ts';
import { atcOf } from '../cards/chip-check.ts';
import { type ChipTransaction, nextBalance } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import type { Statements } from '../database/database.ts';
import { decideLoad } from '../loads/decide-load.ts';

/** The transaction of a chip that a record is about, by the terminal's word; undefined when it names none. */
export function transactionOf({ card, chip }: Record): ChipTransaction | undefined {
  const atc = chip === undefined ? card?.atc : atcOf(chip);
  return card === undefined || atc === undefined
    ? undefined
    : { token: card.token, panSequence: card.panSequence, atc };
}

/** What a chip's next balance says of a load, or of a purchase that should not have been debited. */
export type Shown = 'loaded' | 'not-loaded' | 'debited' | 'not-debited';

/** What has the chip shown since? Undefined: nothing yet, or the record is of a purchase that was approved. */
export async function chipShows(
  statements: Statements,
  { now }: Pick<HostContext, 'now'>,
  record: Record,
): Promise<Shown | undefined> {
  const asked = transactionOf(record);
  const isDebit = record.outcome === 'declined-after-debit' || record.outcome === 'undecided';
  if (asked === undefined || (record.kind === 'purchase' && !isDebit)) return undefined;
  const before = await statements.first(
    z.object({ balance: z.int() }),
    `select balance_before_minor as balance from cryptograms
     where token = $1 and pan_sequence = $2 and atc = $3 and balance_before_minor is not null`,
    [asked.token, asked.panSequence, asked.atc],
  );
  if (before === undefined) return undefined;
  const later = await nextBalance(statements, asked);
  if (later === undefined) return undefined;
  const known = { atc: asked.atc, amountMinor: record.amountMinor, balanceBeforeMinor: before.balance };
  const since = { ...later, knownForMs: now() - Date.parse(later.seenAt) };
  return record.kind === 'load' ? decideLoad(known, since) : decide({ ...known, cryptogramSeen: true }, since);
}
