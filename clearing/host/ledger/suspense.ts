import { z } from 'zod';
import type { Statements } from '../database/database.ts';
import type { Place } from './ledger.ts';

/** What a terminal claims and the host has not paid; a person has to look (design 4.13). */
export interface SuspenseItem extends Place {
  /** Who may have it coming. */
  readonly claimant: 'merchant' | 'card';
  readonly merchant: string;
  readonly amountMinor: number;
  /** As in the verdict on the record. */
  readonly reason: string;
  /** RFC 3339: when the host got it. */
  readonly receivedAt: string;
}

const row = z.object({
  number: z.int(),
  terminal: z.string(),
  epoch: z.int(),
  sequence: z.int(),
  claimant: z.enum(['merchant', 'card']),
  merchant: z.string(),
  amount_minor: z.int(),
  reason: z.string(),
  received_at: z.string(),
});

/** In the order in which they came; `last` is where the next page goes on. */
export async function listSuspense(
  statements: Statements,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ readonly items: readonly SuspenseItem[]; readonly last?: number }> {
  const rows = await statements.rows(
    row,
    `select s.number, s.terminal, s.epoch, s.sequence, s.claimant, b.merchant, s.amount_minor, s.reason, b.received_at
     from suspense_items s join records r using (terminal, epoch, sequence) join batches b on b.id = r.batch_id
     where s.number > $1 order by s.number limit $2`,
    [after, limit],
  );
  const last = rows.at(-1)?.number;
  const items = rows.map(({ number: _, amount_minor: amountMinor, received_at: receivedAt, ...same }) => ({
    ...same,
    amountMinor,
    receivedAt,
  }));
  return { items, ...(last !== undefined && { last }) };
}
