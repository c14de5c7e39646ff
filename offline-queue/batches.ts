import { type BatchRows, describeRecord, storedBatch } from './batch-rows.ts';
import type { BatchSteps } from './batch-steps.ts';
import { pageOf } from './cursor.ts';
import { type Database, plain } from './database.ts';
import { isPlace, placeOf, sequenceOf } from './place.ts';
import type { BatchStore, UploadRow } from './queue.ts';
import { type ChainedRow, isReadable, openPan, type RecordRows } from './record-rows.ts';
import type { Sealing } from './sealing.ts';
import type { BatchRow } from './tables.ts';

type SettledRow = BatchRow & { readonly settlement_number: number };

/** What is read of batches. Lists begin with the oldest; settled ones come in the order of their settlement. */
export function batchReader(
  db: Database,
  batches: BatchRows,
  records: RecordRows,
  sealing: Sealing,
): Omit<BatchStore, keyof BatchSteps> {
  const after = db.prepare<BatchRow>('select * from batches where number > ? order by number limit ?');
  const inState = db.prepare<BatchRow>('select * from batches where number > ? and state = ? order by number limit ?');
  const settled = db.prepare<SettledRow>(
    'select * from batches where settlement_number > ? order by settlement_number limit ?',
  );
  const disputed = db.prepare<{ count: number }>(
    `select coalesce(sum(json_array_length(disputed)), 0) as count from batches
     where disputed <> '[]' and json_valid(disputed)`,
  );
  const describe = describeRecord(batches);

  const rowsIn = (id: string): readonly ChainedRow[] => {
    const { first_place, last_place } = batches.row(id);
    return records.range(first_place, last_place);
  };

  return {
    get(id) {
      const row = batches.find(id);
      return row && storedBatch(row);
    },
    holding(epoch, sequence) {
      const row = isPlace(epoch, sequence) ? batches.holding(placeOf(epoch, sequence)) : undefined;
      return row && storedBatch(row);
    },
    list(page) {
      if (page.state === 'settled') {
        const of = { number: (row: SettledRow) => row.settlement_number, item: storedBatch };
        return pageOf('settled', page, 0, (from, count) => settled.all(from, count), of);
      }
      const { state } = page;
      const rows = (from: number, count: number) =>
        state === undefined ? after.all(from, count) : inState.all(from, state, count);
      return pageOf(`batches-${state ?? 'all'}`, page, 0, rows, { number: (row) => row.number, item: storedBatch });
    },
    records: (id) => rowsIn(id).filter(isReadable).map(describe),
    unreadable: (id) =>
      rowsIn(id)
        .filter((row) => !isReadable(row))
        .map(({ place, canonical, hash }) => ({
          sequence: sequenceOf(place),
          bytes: plain(canonical),
          hash: plain(hash),
        })),
    rowsToUpload: (id) => rowsIn(id).map((row) => uploadRow(row, sealing)),
    disputedRecords: () => disputed.get()?.count ?? 0,
    toUpload: (limit) => batches.toUpload(limit).map(storedBatch),
  };
}

function uploadRow(row: ChainedRow, sealing: Sealing): UploadRow {
  const { place, canonical, hash } = row;
  const found = { sequence: sequenceOf(place), bytes: plain(canonical), hash: plain(hash) };
  if (!isReadable(row)) return { ...found, readable: false };
  const token = row.record.card?.token;
  if (token === undefined) return { ...found, readable: true };
  const number = openPan(sealing, row);
  return { ...found, readable: true, card: { token, ...(number && { number }) } };
}
