import { z } from 'zod';
import type { SealContent } from '../../contract/record/index.ts';
import type { Statements, Transaction } from '../database/database.ts';

const batchRow = z.object({
  id: z.string(),
  terminal: z.string(),
  epoch: z.int(),
  merchant: z.string(),
  first_sequence: z.int(),
  last_sequence: z.int(),
  record_count: z.int(),
  total_minor: z.int(),
  chain_head: z.string(),
  merkle_root: z.string(),
  seal_signature: z.string(),
  received_at: z.string(),
  key_id: z.string().nullable(),
  acknowledgement_signature: z.string().nullable(),
});
export type BatchRow = z.output<typeof batchRow>;

export const findBatch = (statements: Statements, id: string): Promise<BatchRow | undefined> =>
  statements.first(batchRow, 'select * from batches where id = $1', [id]);

/** What the terminal signed. */
export const sealOf = (row: BatchRow): SealContent => ({
  batchId: row.id,
  terminal: row.terminal,
  epoch: row.epoch,
  firstSequence: row.first_sequence,
  lastSequence: row.last_sequence,
  count: row.record_count,
  totalMinor: row.total_minor,
  chainHead: row.chain_head,
  merkleRoot: row.merkle_root,
});

export async function insertBatch(
  tx: Transaction,
  batch: SealContent & { readonly merchant: string; readonly signature: string; readonly receivedAt: string },
): Promise<void> {
  await tx.run(
    `insert into batches (id, terminal, epoch, merchant, first_sequence, last_sequence, record_count, total_minor,
       chain_head, merkle_root, seal_signature, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      batch.batchId,
      batch.terminal,
      batch.epoch,
      batch.merchant,
      batch.firstSequence,
      batch.lastSequence,
      batch.count,
      batch.totalMinor,
      batch.chainHead,
      batch.merkleRoot,
      batch.signature,
      batch.receivedAt,
    ],
  );
}
