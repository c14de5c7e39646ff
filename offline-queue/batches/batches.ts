import { pageOf } from '../database/cursor.ts';
import { type Database, plain } from '../database/database.ts';
import { isPlace, placeOf, sequenceOf } from '../database/place.ts';
import type { BatchStore, UploadRow } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';
import { type ChainedRow, isReadable, openPan, type RecordRow, type RecordRows } from '../records/record-rows.ts';
import type { BatchRow } from '../rows/tables.ts';
import { type BatchRows, describeRecord, storedBatch } from './batch-rows.ts';
import type { BatchSteps } from './batch-steps.ts';

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
    rowsToUpload(id) {
      const { first_place, last_place, chain_head } = batches.row(id);
      const whole = records.chainedTo(first_place, last_place, chain_head);
      if (whole !== undefined) return whole.map((row) => wholeRow(row, tokenIn(row.canonical), sealing));
      return rowsIn(id).map((row) => uploadRow(row, sealing));
    },
    disputedRecords: () => disputed.get()?.count ?? 0,
    toUpload: (limit) => batches.toUpload(limit).map(storedBatch),
  };
}

const foundRow = ({ place, canonical, hash }: RecordRow) => ({
  sequence: sequenceOf(place),
  bytes: plain(canonical),
  hash: plain(hash),
});

const uploadRow = (row: ChainedRow, sealing: Sealing): UploadRow =>
  isReadable(row) ? wholeRow(row, row.record.card?.token, sealing) : { ...foundRow(row), readable: false };

function wholeRow(row: RecordRow, token: string | undefined, sealing: Sealing): UploadRow {
  const found = { ...foundRow(row), readable: true } as const;
  if (token === undefined) return found;
  const number = openPan(sealing, row);
  return { ...found, card: number === undefined ? { token } : { token, number } };
}

const TOKEN_LINE = new TextEncoder().encode('\ncard.token=');
const TOKEN_LENGTH = 64;

/** The card's token in a canonical record, without the rest of it being read; undefined of a record without a card. */
function tokenIn(canonical: Uint8Array): string | undefined {
  const text = Buffer.from(canonical.buffer, canonical.byteOffset, canonical.length);
  const line = text.indexOf(TOKEN_LINE);
  const at = line + TOKEN_LINE.length;
  const token = line < 0 ? '' : text.toString('latin1', at, at + TOKEN_LENGTH);
  return /^[0-9A-F]{64}$/.test(token) ? token : undefined;
}
