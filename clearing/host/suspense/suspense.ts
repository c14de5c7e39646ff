import { z } from 'zod';
import { parseRecord, type Record } from '../../contract/record/index.ts';
import type { Statements, Transaction } from '../database/database.ts';
import { accounts, move, type Place } from '../ledger/ledger.ts';

/** Out of which pot a claim was paid: one of its card, or the centre's own. */
export type PaidBy = 'chip' | 'account' | 'purse' | 'centre';

/** What a terminal claims and the host has not paid; a person has to look (design 4.13). */
export interface SuspenseItem extends Place {
  readonly id: string;
  /** Who may have it coming. */
  readonly claimant: 'merchant' | 'card';
  readonly merchant: string;
  readonly amountMinor: number;
  /** As in the verdict on the record. */
  readonly reason: string;
  /** RFC 3339: when the host got it. */
  readonly receivedAt: string;
  readonly record: Record;
  /** As it came with the record. */
  readonly sealedPan?: string;
  readonly state: 'open' | 'paid' | 'rejected';
  /** When an operator has decided, who it was, and why. */
  readonly settledAt?: string;
  readonly settledBy?: string;
  readonly note?: string;
  readonly paidBy?: PaidBy;
}

const row = z.object({
  number: z.int(),
  id: z.string(),
  terminal: z.string(),
  epoch: z.int(),
  sequence: z.int(),
  claimant: z.enum(['merchant', 'card']),
  merchant: z.string(),
  amount_minor: z.int(),
  reason: z.string(),
  received_at: z.string(),
  canonical: z.instanceof(Uint8Array),
  sealed_pan: z.string().nullable(),
  state: z.enum(['open', 'paid', 'rejected']),
  settled_at: z.string().nullable(),
  settled_by: z.string().nullable(),
  note: z.string().nullable(),
  paid_by: z.enum(['chip', 'account', 'purse', 'centre']).nullable(),
});

const SELECT = `
  select s.*, b.merchant, b.received_at, r.canonical, r.sealed_pan
  from suspense_items s join records r using (terminal, epoch, sequence) join batches b on b.id = r.batch_id`;

function fromRow(found: z.output<typeof row>): SuspenseItem {
  const { terminal, epoch, sequence, id, claimant, merchant, reason, state, note } = found;
  const parsed = parseRecord(found.canonical);
  if (parsed.kind === 'malformed') throw new Error(`record ${sequence} of ${terminal} claims money and cannot be read`);
  return {
    ...{ id, terminal, epoch, sequence, claimant, merchant, reason, state },
    amountMinor: found.amount_minor,
    receivedAt: found.received_at,
    record: parsed.record,
    ...(found.sealed_pan !== null && { sealedPan: found.sealed_pan }),
    ...(found.settled_at !== null && { settledAt: found.settled_at }),
    ...(found.settled_by !== null && { settledBy: found.settled_by }),
    ...(note !== null && { note }),
    ...(found.paid_by !== null && { paidBy: found.paid_by }),
  };
}

/** In the order in which they came; `last` is where the next page goes on. */
export async function listSuspense(
  statements: Statements,
  { state, after, limit }: { readonly state: SuspenseItem['state']; readonly after: number; readonly limit: number },
): Promise<{ readonly items: readonly SuspenseItem[]; readonly last?: number }> {
  const rows = await statements.rows(row, `${SELECT} where s.number > $1 and s.state = $2 order by s.number limit $3`, [
    after,
    state,
    limit,
  ]);
  const last = rows.at(-1)?.number;
  return { items: rows.map(fromRow), ...(last !== undefined && { last }) };
}

/** Two operators wait for each other here. */
export async function lockSuspense(tx: Transaction, id: string): Promise<SuspenseItem | undefined> {
  const found = await tx.first(row, `${SELECT} where s.id = $1 for update of s`, [id]);
  return found && fromRow(found);
}

/** What an operator has decided of a claim. */
export type Settlement =
  | { readonly state: 'paid'; readonly paidBy: PaidBy; readonly operator: string; readonly note: string }
  | { readonly state: 'rejected'; readonly operator: string; readonly note: string };

/** The claim leaves suspense as it came in. The caller has its lock. */
export async function closeSuspense(tx: Transaction, item: SuspenseItem, how: Settlement, at: string): Promise<void> {
  const { id, terminal, epoch, sequence, amountMinor } = item;
  const changed = await tx.run(
    `update suspense_items set state = $2, settled_at = $3, settled_by = $4, note = $5, paid_by = $6
     where id = $1 and state = 'open'`,
    [id, how.state, at, how.operator, how.note, how.state === 'paid' ? how.paidBy : null],
  );
  if (changed !== 1) throw new Error(`the claim ${id} has been settled before`);
  const [from, to] = [await contestedOf(tx, item), accounts.suspense];
  await move(tx, { kind: 'suspense-closed', place: { terminal, epoch, sequence }, from, to, amountMinor, at });
}

async function contestedOf(tx: Transaction, { terminal, epoch, sequence }: Place): Promise<string> {
  const { account } = await tx.one(
    z.object({ account: z.string() }),
    `select p.account from movements m join postings p using (movement)
     where m.kind = 'suspense' and m.terminal = $1 and m.epoch = $2 and m.sequence = $3 and p.amount_minor > 0`,
    [terminal, epoch, sequence],
  );
  return account;
}
