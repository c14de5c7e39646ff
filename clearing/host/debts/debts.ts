import { z } from 'zod';
import type { Statements, Transaction } from '../database/database.ts';
import { addChanges, lockNumbers } from '../downloads/hotlist-changes.ts';
import { accounts, move, type Place } from '../ledger/ledger.ts';
import { addCollection } from '../settle/collections.ts';

/** Why a deferred authorisation could not be posted. */
export type DebtReason = 'hotlisted' | 'card-blocked' | 'expired' | 'insufficient-funds';

/** What a card owes to a merchant since its account could not pay a deferred authorisation (design 4.13). */
export interface Debt extends Place {
  readonly id: string;
  readonly token: string;
  readonly merchant: string;
  readonly amountMinor: number;
  readonly reason: string;
  readonly state: 'open' | 'collected' | 'waived';
  /** RFC 3339. */
  readonly openedAt: string;
  readonly closedAt?: string;
  /** Why it was waived, and by which operator (absent of debts waived before a name was asked for). */
  readonly note?: string;
  readonly waivedBy?: string;
}

const debtRow = z.object({
  number: z.int(),
  id: z.string(),
  token: z.string(),
  merchant: z.string(),
  terminal: z.string(),
  epoch: z.int(),
  sequence: z.int(),
  amount_minor: z.int(),
  reason: z.string(),
  state: z.enum(['open', 'collected', 'waived']),
  opened_at: z.string(),
  closed_at: z.string().nullable(),
  note: z.string().nullable(),
  waived_by: z.string().nullable(),
});

function fromRow(row: z.output<typeof debtRow>): Debt {
  const { number: _, amount_minor: amountMinor, opened_at: openedAt, closed_at: closedAt, ...rest } = row;
  const { note, waived_by: waivedBy, ...same } = rest;
  return {
    ...{ ...same, amountMinor, openedAt },
    ...(closedAt !== null && { closedAt }),
    ...(note !== null && { note }),
    ...(waivedBy !== null && { waivedBy }),
  };
}

/** Notes what a card owes, and tells all terminals. The caller has the card's lock. */
export async function openDebt(
  tx: Transaction,
  debt: Pick<Debt, 'token' | 'merchant' | 'amountMinor'> & { readonly reason: DebtReason },
  place: Place,
  at: string,
): Promise<void> {
  const { token, merchant, amountMinor, reason } = debt;
  const { id } = await tx.one(
    z.object({ id: z.string() }),
    `insert into debts (token, merchant, terminal, epoch, sequence, amount_minor, reason, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [token, merchant, place.terminal, place.epoch, place.sequence, amountMinor, reason, at],
  );
  const [from, to] = [accounts.debt(token), accounts.owed(merchant)];
  await move(tx, { kind: 'debt', place, from, to, amountMinor, at });
  await lockNumbers(tx);
  await addChanges(tx, [{ token, debt: id, amountMinor }], at);
}

/** Ends a debt, and tells all terminals. The caller has the card's lock. */
export async function closeDebt(
  tx: Transaction,
  debt: Debt,
  how: { readonly state: 'collected' } | { readonly state: 'waived'; readonly operator: string; readonly note: string },
  at: string,
): Promise<void> {
  const { id, token, merchant, amountMinor, terminal, epoch, sequence } = debt;
  const changed = await tx.run(
    `update debts set state = $2, closed_at = $3, note = $4, waived_by = $5 where id = $1 and state = 'open'`,
    [id, how.state, at, ...(how.state === 'waived' ? [how.note, how.operator] : [null, null])],
  );
  if (changed !== 1) throw new Error(`debt ${id} has been closed before`);
  const [from, to] = [accounts.owed(merchant), accounts.debt(token)];
  await move(tx, { kind: 'debt-closed', place: { terminal, epoch, sequence }, from, to, amountMinor, at });
  await lockNumbers(tx);
  if (how.state === 'collected') await addCollection(tx, debt, at);
  await addChanges(tx, [{ token, debt: id, amountMinor: 0 }], at);
}

/** What a card owes, oldest first. */
export async function openDebtsOf(tx: Transaction, token: string): Promise<readonly Debt[]> {
  const rows = await tx.rows(debtRow, `select * from debts where token = $1 and state = 'open' order by number`, [
    token,
  ]);
  return rows.map(fromRow);
}

export async function findDebt(statements: Statements, id: string): Promise<Debt | undefined> {
  const found = await statements.first(debtRow, 'select * from debts where id = $1', [id]);
  return found && fromRow(found);
}

/** Debts in the order in which they came to be; `number` of the last one is where the next page goes on. */
export async function listDebts(
  statements: Statements,
  {
    state,
    after,
    limit,
  }: { readonly state?: Debt['state'] | undefined; readonly after: number; readonly limit: number },
): Promise<{ readonly items: readonly Debt[]; readonly last?: number }> {
  const rows = await statements.rows(
    debtRow,
    'select * from debts where number > $1 and ($2::text is null or state = $2) order by number limit $3',
    [after, state, limit],
  );
  const last = rows.at(-1)?.number;
  return { items: rows.map(fromRow), ...(last !== undefined && { last }) };
}
