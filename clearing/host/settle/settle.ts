import { z } from 'zod';
import { type SettlementContent, settlementBytes } from '../../contract/record/index.ts';
import { type BatchRow, findBatch } from '../batches/batch-store.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';

/** Batches settled in one transaction. */
const AT_ONCE = 50;

/**
 * Settles the batches that are acknowledged, oldest first, each without its disputed records. Gives how many; call it again
 * while that is not zero. Of several hosts on one database one settles at a time.
 */
export async function settleDue(context: HostContext): Promise<number> {
  const settled = await context.database.transaction((tx) => settleSome(tx, context));
  for (const { batchId, reference, totalMinor } of settled) {
    context.log.info({ batch: batchId, reference, totalMinor }, 'batch settled');
  }
  return settled.length;
}

async function settleSome(tx: Transaction, context: HostContext): Promise<readonly SettlementContent[]> {
  // Whoever holds the counter settles: so numbers have no gaps and are committed in their order.
  const { last } = await tx.one(
    z.object({ last: z.int() }),
    'select last_number as last from settlement_counter for update',
  );
  const due = await tx.rows(
    z.object({ id: z.string() }),
    `select b.id from batches b left join settlements s on s.batch_id = b.id
     where s.batch_id is null and b.acknowledgement_signature is not null
     order by b.received_at, b.terminal, b.epoch, b.first_sequence limit $1`,
    [AT_ONCE],
  );
  const settled: SettlementContent[] = [];
  for (const { id } of due) settled.push(await settleOne(tx, context, id, last + settled.length + 1));
  await tx.run('update settlement_counter set last_number = $1', [last + settled.length]);
  return settled;
}

async function settleOne(
  tx: Transaction,
  { hsm, now }: HostContext,
  batchId: string,
  number: number,
): Promise<SettlementContent> {
  const batch = await findBatch(tx, batchId);
  if (batch === undefined) throw new Error(`batch ${batchId} is to be settled and is not there`);
  const content = { ...rangeOf(batch), ...(await sumsOf(tx, batchId)), ...stampOf(number, now()) };
  const { keyId, signature } = hsm.sign('acknowledgement', settlementBytes(content));
  const { reference, settledAt, recordCount, totalMinor, disputed } = content;
  await tx.run(
    `insert into settlements (number, batch_id, reference, settled_at, record_count, total_minor, disputed, key_id, signature)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [number, batchId, reference, settledAt, recordCount, totalMinor, disputed, keyId, signature],
  );
  return content;
}

const rangeOf = (batch: BatchRow) => ({
  batchId: batch.id,
  terminal: batch.terminal,
  epoch: batch.epoch,
  firstSequence: batch.first_sequence,
  lastSequence: batch.last_sequence,
  chainHead: batch.chain_head,
});

/** The reference names day and number, so that people can say it over the telephone. */
function stampOf(number: number, nowMs: number) {
  const settledAt = moment(nowMs);
  const day = settledAt.slice(0, 10).replaceAll('-', '');
  return { reference: `S${day}-${String(number).padStart(6, '0')}`, settledAt };
}

async function sumsOf(tx: Transaction, batchId: string) {
  const row = z.object({ count: z.int(), total: z.int(), disputed: z.array(z.int()) });
  const { count, total, disputed } = await tx.one(
    row,
    `select count(*) filter (where verdict = 'accepted') as count,
       coalesce(sum(amount_minor)
         filter (where verdict = 'accepted' and outcome = 'approved' and kind = 'purchase'), 0)::bigint as total,
       coalesce(json_agg(sequence order by sequence) filter (where verdict = 'disputed'), '[]') as disputed
     from records where batch_id = $1`,
    [batchId],
  );
  return { recordCount: count, totalMinor: total, disputed };
}
