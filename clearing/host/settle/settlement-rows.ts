import { z } from 'zod';
import { numberedCursor } from '../../contract/http/index.ts';
import type { CentralBatch, SettlementItem } from '../../contract/index.ts';
import type { Statements } from '../database/database.ts';

const row = z.object({
  number: z.int(),
  batch_id: z.string(),
  terminal: z.string(),
  merchant: z.string(),
  epoch: z.int(),
  first_sequence: z.int(),
  last_sequence: z.int(),
  chain_head: z.string(),
  seal_count: z.int(),
  seal_total: z.int(),
  merkle_root: z.string(),
  seal_signature: z.string(),
  reference: z.string(),
  settled_at: z.string(),
  record_count: z.int(),
  total_minor: z.int(),
  disputed: z.array(z.int()),
  key_id: z.string(),
  signature: z.string(),
  central_acknowledged_at: z.string().nullable(),
});
export type SettlementRow = z.output<typeof row>;

const SELECT = `
  select s.number, s.batch_id, b.terminal, b.merchant, b.epoch, b.first_sequence, b.last_sequence, b.chain_head,
    b.record_count as seal_count, b.total_minor as seal_total, b.merkle_root, b.seal_signature,
    s.reference, s.settled_at, s.record_count, s.total_minor, to_json(s.disputed) as disputed, s.key_id, s.signature,
    s.central_acknowledged_at
  from settlements s join batches b on b.id = s.batch_id`;

/** Settlements behind a number, in their order: of one terminal, or of all. */
export const settlementsAfter = (
  statements: Statements,
  { after, limit, terminal }: { readonly after: number; readonly limit: number; readonly terminal?: string },
): Promise<readonly SettlementRow[]> =>
  statements.rows(
    row,
    `${SELECT} where s.number > $1 and ($3::text is null or b.terminal = $3) order by s.number limit $2`,
    [after, limit, terminal],
  );

export const settlementOf = (statements: Statements, batchId: string): Promise<SettlementRow | undefined> =>
  statements.first(row, `${SELECT} where s.batch_id = $1`, [batchId]);

const rangeOf = (found: SettlementRow) => ({
  terminal: found.terminal,
  epoch: found.epoch,
  firstSequence: found.first_sequence,
  lastSequence: found.last_sequence,
  chainHead: found.chain_head,
});

/** As its terminal sees it. */
export const settlementItem = (found: SettlementRow): SettlementItem => ({
  batchId: found.batch_id,
  ...rangeOf(found),
  reference: found.reference,
  settledAt: found.settled_at,
  recordCount: found.record_count,
  totalMinor: found.total_minor,
  disputed: found.disputed,
  keyId: found.key_id,
  signature: found.signature,
});

/** As central systems see it. */
export const centralBatchOf = (found: SettlementRow): CentralBatch => ({
  id: found.batch_id,
  state: 'settled',
  ...rangeOf(found),
  merchant: found.merchant,
  recordCount: found.record_count,
  totalMinor: found.total_minor,
  currency: 'CNY',
  disputed: found.disputed,
  seal: {
    batchId: found.batch_id,
    ...rangeOf(found),
    count: found.seal_count,
    totalMinor: found.seal_total,
    merkleRoot: found.merkle_root,
    signature: found.seal_signature,
  },
  settlement: {
    reference: found.reference,
    settledAt: found.settled_at,
    keyId: found.key_id,
    signature: found.signature,
  },
  ...(found.central_acknowledged_at !== null && { acknowledgedAt: found.central_acknowledged_at }),
});

const CURSOR = numberedCursor('s');

/** The place in the order of settlements, for `after`. */
export const cursorOf = ({ number, batch_id }: SettlementRow): string => CURSOR.of(number, batch_id);

/** The number behind which a cursor goes on; undefined when it is none of ours, or one from before the database was put back from a copy. */
export const placeOf = (statements: Statements, cursor: string | undefined): Promise<number | undefined> =>
  CURSOR.place(cursor, async (number) => {
    const found = await statements.first(
      z.object({ batch_id: z.string() }),
      'select batch_id from settlements where number = $1',
      [number],
    );
    return found?.batch_id;
  });
