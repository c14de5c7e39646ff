import { storedBatch } from '../batches/batch-rows.ts';
import type { Database } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { readJson } from '../database/json.ts';
import { epochOf, type Place, sequenceOf } from '../database/place.ts';
import type { ChainedRow, RecordRow, RecordRows } from '../records/record-rows.ts';
import type { BatchRow, PaymentRow, ReversalRow, Tables } from '../rows/tables.ts';
import type { Tagged } from '../rows/tagged-table.ts';
import type { ArchiveContent } from './form.ts';

/** So many records leave at a time, so that a tap never waits long. A batch is never divided. */
const RECORDS_AT_A_TIME = 500;

/** The register may ask again for a payment under its key for ten days (design 6). */
export const LEAST_ONLINE_MS = 10 * 86_400_000;

/** What may leave the tables now. */
export type Leaving = Pick<
  ArchiveContent,
  'firstPlace' | 'lastPlace' | 'hashBefore' | 'hashAt' | 'batches' | 'records' | 'payments' | 'reversals'
> & {
  /** The sum of the counts of its payments and reversals. */
  readonly changes: number;
};

/**
 * Finds the oldest rows that have been settled for long enough. Time is the host's, from the settlements it has signed: a
 * clock of the terminal that is set wrong lets nothing leave early, and without contact nothing leaves at all. A clock of the host
 * that leaps ahead lets nothing go that was settled within ten days of the terminal's own: what it gives is asked with `at`, by
 * that clock. Throws QueueError `bad-record` where a record is missing.
 */
export function leavingFinder(
  db: Database,
  tables: Pick<Tables, 'payments' | 'reversals'>,
  parts: { readonly records: RecordRows; readonly archivedUpTo: () => Place },
): (onlineMs: number, at: string) => Leaving | undefined {
  const newestSettlement = db.prepare<Pick<BatchRow, 'settlement'>>(
    'select settlement from batches where settlement is not null order by settlement_number desc limit 1',
  );
  // The newest batch stays, so that the chain always has its end in the table.
  const batchesAfter = db.prepare<BatchRow>(
    `select * from batches where first_place > ? and number < (select max(number) from batches) order by number limit ${RECORDS_AT_A_TIME}`,
  );
  const payments = paymentsThatLeave(db, tables);

  return (onlineMs, at) => {
    const newest = newestSettlement.get();
    if (newest === undefined) return undefined;
    const cutoff = settledAt(newest) - onlineMs;
    const batches = firstOf(batchesAfter.all(parts.archivedUpTo()), cutoff, Date.parse(at));
    const [firstPlace, lastPlace] = [batches[0]?.first_place, batches.at(-1)?.last_place];
    if (firstPlace === undefined || lastPlace === undefined) return undefined;
    const rows = parts.records.range(firstPlace, lastPlace);
    const [first, last] = [rows[0], rows.at(-1)];
    const missing = batches.find((batch) => !holdsAll(batch, rows));
    if (missing !== undefined || first === undefined || last === undefined) {
      const { id, first_place: place } = missing ?? { id: '', first_place: firstPlace };
      throw new QueueError('bad-record', `batch ${id} from ${epochOf(place)}-${sequenceOf(place)} lacks a record`);
    }
    return {
      ...{ firstPlace, lastPlace, hashBefore: first.previousHash, hashAt: last.hash },
      batches: batches.map(storedBatch),
      records: rows.map(({ place, canonical, hash }) => ({ place, canonical, hash })),
      ...payments(rows, lastPlace),
    };
  };
}

const settledAt = ({ settlement }: Pick<BatchRow, 'settlement'>): number =>
  Date.parse(readJson<{ settledAt?: string }>(settlement, {}).settledAt ?? '');

/** Settled within the last ten days of the terminal's own clock; one that was set back since says nothing. */
function isRecent({ settled_at }: Pick<BatchRow, 'settled_at'>, now: number): boolean {
  const ageMs = now - Date.parse(settled_at ?? '');
  return ageMs >= 0 && ageMs < LEAST_ONLINE_MS;
}

/** The batches at the beginning that were settled before the cut-off. */
function firstOf(batches: readonly BatchRow[], cutoff: number, now: number): readonly BatchRow[] {
  const taken: BatchRow[] = [];
  let count = 0;
  for (const batch of batches) {
    count += batch.last_place - batch.first_place + 1;
    const tooMany = count > RECORDS_AT_A_TIME && taken.length > 0;
    // An unreadable time is no number, and compares with none.
    if (tooMany || batch.state !== 'settled' || !(settledAt(batch) <= cutoff) || isRecent(batch, now)) break;
    taken.push(batch);
  }
  return taken;
}

const holdsAll = ({ first_place, last_place }: BatchRow, rows: readonly RecordRow[]): boolean =>
  rows.filter(({ place }) => place >= first_place && place <= last_place).length === last_place - first_place + 1;

/**
 * Payments whose last record leaves, and those without a record that came before them. One that waits for its card, whose
 * reversal is not acknowledged, or whose row another hand has changed stays.
 */
function paymentsThatLeave(db: Database, tables: Pick<Tables, 'payments' | 'reversals'>) {
  const numberOf = db.prepare<Pick<PaymentRow, 'number'>>('select number from payments where id = ?');
  const upTo = db.prepare<Tagged<PaymentRow>>(
    'select * from payments where number <= ? and final = 1 and intent is null order by number',
  );
  const reversalsOf = db.prepare<Tagged<ReversalRow>>('select * from reversals where payment = ? order by number');
  const hasEnded = (row: Tagged<ReversalRow>): boolean =>
    (row.cancelled_at !== null || row.acknowledged_at !== null) && tables.reversals.holds(row);

  return (records: readonly ChainedRow[], lastPlace: Place): Pick<Leaving, 'payments' | 'reversals' | 'changes'> => {
    const paymentOf = ({ record }: ChainedRow): number => (record && numberOf.get(record.paymentId)?.number) ?? 0;
    const newest = Math.max(0, ...records.map(paymentOf));
    const leaving = upTo
      .all(newest)
      .filter((row) => (row.record_place ?? 0) <= lastPlace && tables.payments.holds(row))
      .map((row) => ({ row, reversals: reversalsOf.all(row.number) }))
      .filter(({ row, reversals }) => reversals.length === row.reversals && reversals.every(hasEnded));
    return {
      changes: leaving.flatMap(({ row, reversals }) => [row, ...reversals]).reduce((sum, row) => sum + row.changes, 0),
      payments: leaving.map(({ row: { tag: _, changes: __, ...row } }) => row),
      reversals: leaving
        .flatMap(({ reversals }) => reversals.map(({ tag: _, changes: __, sealed: ___, ...row }) => row))
        .sort((a, b) => a.number - b.number),
    };
  };
}
