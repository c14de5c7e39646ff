import { z } from 'zod';
import type { Record } from '../../contract/record/index.ts';
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

/** Has the chip taken a load, by what it has shown since? Undefined: it has not told, or the record is of no load. */
export async function chipShows(
  statements: Statements,
  { now }: Pick<HostContext, 'now'>,
  record: Record,
): Promise<'loaded' | 'not-loaded' | undefined> {
  const asked = transactionOf(record);
  if (record.kind !== 'load' || asked === undefined) return undefined;
  const before = await statements.first(
    z.object({ balance: z.int() }),
    `select balance_before_minor as balance from cryptograms
     where token = $1 and pan_sequence = $2 and atc = $3 and balance_before_minor is not null`,
    [asked.token, asked.panSequence, asked.atc],
  );
  if (before === undefined) return undefined;
  const later = await nextBalance(statements, asked);
  if (later === undefined) return undefined;
  const load = { atc: asked.atc, amountMinor: record.amountMinor, balanceBeforeMinor: before.balance };
  return decideLoad(load, { ...later, knownForMs: now() - Date.parse(later.seenAt) });
}
