import { ok as assert } from 'node:assert/strict';
import { totalsOf } from '../../clearing/contract/record/index.ts';
import { pageOf } from '../database/cursor.ts';
import type { Database } from '../database/database.ts';
import { readJson } from '../database/json.ts';
import { nextNumber } from '../database/numbering.ts';
import { type Place, placed } from '../database/place.ts';
import type { CloseStore, StoredClose } from '../interface/queue.ts';
import { type ArchivedRows, isReadable, type RecordRows } from '../records/record-rows.ts';
import type { CloseRow, Tables } from '../rows/tables.ts';
import type { Tagged } from '../rows/tagged-table.ts';

/** Closes of shifts and days: ranges of records without gaps between them, and what the centre says of each. */
export function closeStore(
  db: Database,
  { closes }: Pick<Tables, 'closes'>,
  { records, archives }: { readonly records: RecordRows; readonly archives: ArchivedRows },
): CloseStore {
  const last = db.prepare<CloseRow>('select * from closes order by number desc limit 1');
  const before = db.prepare<CloseRow>('select * from closes where number < ? order by number desc limit ?');
  const waiting = db.prepare<Tagged<CloseRow>>('select * from closes where complete = 0 order by number');
  const ends = db.prepare<{ first: Place | null; last: Place | null }>(
    'select min(place) as first, max(place) as last from records where place > ?',
  );
  const next = nextNumber(db, 'closes');

  /** What was recorded behind a place; some of it may be in the archive. */
  const behind = (place: Place): { readonly first: Place; readonly last: Place } | undefined => {
    const found = ends.get(place);
    if (found?.first == null || found.last == null) return undefined;
    const [archived] = archives.range(place + 1, found.first - 1);
    return { first: archived?.place ?? found.first, last: found.last };
  };

  return {
    open({ id, at }) {
      return db.transaction(() => {
        const range = behind(last.get()?.last_place ?? 0);
        if (range === undefined) return undefined;
        const rows = records.range(range.first, range.last);
        const { totalMinor } = totalsOf(rows.filter(isReadable).map(({ record }) => record));
        const counted = { count: rows.length, total_minor: totalMinor };
        const places = { first_place: range.first, last_place: range.last };
        return storedClose(closes.insert({ ...NEW, ...places, ...counted, number: next(), id, closed_at: at }));
      });
    },
    get(number) {
      const row = closes.get(number);
      return row && storedClose(row);
    },
    last() {
      const row = last.get();
      return row && storedClose(row);
    },
    list: (page) =>
      pageOf('closes', page, Number.MAX_SAFE_INTEGER, (from, count) => before.all(from, count), {
        number: (row) => row.number,
        item: storedClose,
      }),
    // Of one that another hand has changed nobody knows how far it goes; `verify` names it.
    waiting: () =>
      waiting
        .all()
        .filter((row) => closes.holds(row))
        .map(storedClose),
    compared(number, { report, complete }, at) {
      db.transaction(() => {
        const row = closes.get(number);
        assert(row !== undefined, `there is no close ${number}`);
        // What the centre has once answered in full stays.
        if (row.complete === 1) return;
        closes.update(row, { compared_at: at, complete: complete ? 1 : 0, report: JSON.stringify(report) });
      });
    },
  };
}

const NEW = { compared_at: null, complete: 0, report: null } as const;

function storedClose(row: CloseRow): StoredClose {
  return {
    number: row.number,
    id: row.id,
    first: placed(row.first_place),
    last: placed(row.last_place),
    count: row.count,
    totalMinor: row.total_minor,
    closedAt: row.closed_at,
    complete: row.complete === 1,
    ...(row.compared_at !== null && { comparedAt: row.compared_at }),
    ...(row.report !== null && { report: reportIn(row.report) }),
  };
}

/** Empty where another hand has made something else of it. */
function reportIn(text: string): readonly unknown[] {
  const read = readJson<unknown>(text, []);
  return Array.isArray(read) ? read : [];
}
