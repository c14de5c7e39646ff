import { z } from 'zod';
import type { Record } from '../../contract/record/index.ts';
import type { Transaction } from '../database/database.ts';

type PurseMoved = 'paid' | 'given-back';

/** One purchase of one purse: by the purse's own number, and by its PSAM's, which alone is under the TAC. */
export interface PurseTransaction {
  readonly token: string;
  readonly purse: 'ed' | 'ep';
  readonly sequence: number;
  readonly terminalId: string;
  readonly terminalSequence: number;
}

/** ED and EP of one card count apart. */
const PURSES: { readonly [type: string]: PurseTransaction['purse'] } = { '05': 'ed', '06': 'ep' };

/** The purchase that a record is about; undefined when it names none. */
export function purseOf({ card, purse }: Record): PurseTransaction | undefined {
  const kind = purse && PURSES[purse.transactionType];
  if (card === undefined || kind === undefined || purse?.terminalSequence === undefined) return undefined;
  const { sequence, terminalId, terminalSequence } = purse;
  return { token: card.token, purse: kind, sequence, terminalId, terminalSequence };
}

/** What money it has moved, whichever of its numbers comes again. */
export async function purseMovedBy(tx: Transaction, at: PurseTransaction): Promise<PurseMoved | undefined> {
  const found = await tx.first(
    z.object({ moved: z.enum(['paid', 'given-back']) }),
    `select moved from purse_transactions
     where token = $1 and ((purse = $2 and sequence = $3) or (terminal_id = $4 and terminal_sequence = $5)) limit 1`,
    [at.token, at.purse, at.sequence, at.terminalId, at.terminalSequence],
  );
  return found?.moved;
}

/** To be called in the transaction that moves the money; the database refuses either number twice. */
export async function markPurseMoved(tx: Transaction, at: PurseTransaction, moved: PurseMoved, now: string) {
  await tx.run(
    `insert into purse_transactions (token, purse, sequence, terminal_id, terminal_sequence, moved, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [at.token, at.purse, at.sequence, at.terminalId, at.terminalSequence, moved, now],
  );
}
