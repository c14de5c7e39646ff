import { merkleRoot, totalsOf } from '../../clearing/contract/record/index.ts';
import { QueueError } from '../database/errors.ts';
import { epochOf, placeOf, sequenceOf } from '../database/place.ts';
import type { Identity } from '../interface/queue.ts';
import { type ChainedRow, isReadable, type RecordRows } from '../records/record-rows.ts';
import type { BatchRow } from '../rows/tables.ts';
import type { BatchRows } from './batch-rows.ts';

/**
 * The records of the present epoch that are in no batch yet, `limit` at most, and none behind one that is missing. Throws QueueError
 * `corrupt` where the first is.
 */
export function unsealed(
  { epoch }: Identity,
  batches: BatchRows,
  records: RecordRows,
  limit: number,
): readonly ChainedRow[] {
  const last = batches.last();
  const first = last !== undefined && epochOf(last.last_place) === epoch ? last.last_place + 1 : placeOf(epoch, 1);
  const rows = records.range(first, placeOf(epoch + 1, 0), limit);
  const gap = rows.findIndex(({ place }, at) => place !== first + at);
  if (gap === 0)
    throw new QueueError('corrupt', `record ${epoch}-${sequenceOf(first)}, which is to be sealed next, is missing`);
  return gap < 0 ? rows : rows.slice(0, gap);
}

export type BatchContent = Pick<BatchRow, 'first_place' | 'last_place' | 'total_minor' | 'chain_head' | 'merkle_root'>;

/**
 * What a seal says of rows. One that can no longer be read counts, with its hash; its amount is known to nobody. Undefined
 * for no rows.
 */
export function contentOf(rows: readonly ChainedRow[]): BatchContent | undefined {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    first_place: first.place,
    last_place: last.place,
    total_minor: totalsOf(rows.filter(isReadable).map(({ record }) => record)).totalMinor,
    chain_head: last.hash,
    merkle_root: merkleRoot(rows.map(({ hash }) => hash)),
  };
}
