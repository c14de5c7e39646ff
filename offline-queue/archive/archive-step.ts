import { ok as assert } from 'node:assert/strict';
import { HASH_BYTES } from '../../clearing/contract/record/index.ts';
import { sm3 } from '../../emv/crypto/index.ts';
import { equalBytes, toHex } from '../../emv/values/index.ts';
import type { Database, Statement } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { nextNumber } from '../database/numbering.ts';
import { type Place, placed } from '../database/place.ts';
import type { ArchivedFile, ArchiveStore } from '../interface/queue.ts';
import type { RecordRows } from '../records/record-rows.ts';
import type { ArchiveRow, Tables } from '../rows/tables.ts';
import type { Archives } from './archives.ts';
import type { ArchiveFolder } from './folder.ts';
import { type ArchiveContent, decodeArchive, encodeArchive } from './form.ts';
import { LEAST_ONLINE_MS, leavingFinder } from './leaving.ts';
import { parseRanges, rangesOf } from './ranges.ts';

/**
 * Moves what has been settled for long enough into a file, then out of the tables. The file is on the disk, and read back,
 * before the one transaction that names it and deletes the rows: whatever happens in between, the rows are still there, and
 * a file that no row names counts for nothing.
 */
export function archiveStore(
  db: Database,
  tables: Pick<Tables, 'archives' | 'payments' | 'reversals'>,
  parts: { readonly records: RecordRows; readonly archives: Archives; readonly folder: ArchiveFolder },
): ArchiveStore {
  const { archives, folder, records } = parts;
  const archivedUpTo = (): Place => archives.last()?.last_place ?? 0;
  const leaving = leavingFinder(db, tables, { records, archivedUpTo });
  const next = nextNumber(db, 'archives');
  const erase = eraser(db);
  return {
    step({ onlineMs, at }) {
      assert(onlineMs >= LEAST_ONLINE_MS, 'payments stay for ten days, since their keys may be used again');
      const found = leaving(onlineMs, at);
      if (found === undefined) return undefined;
      const previous = archives.last()?.digest ?? new Uint8Array(HASH_BYTES);
      const content: ArchiveContent = { ...found, number: next(), previous };
      const bytes = encodeArchive(content);
      const row = rowOf(content, sm3(bytes), at);
      folder.write(row.file, bytes);
      requireWhole(folder.read(row.file), bytes, row.file);
      db.transaction(() => {
        erase(content);
        tables.archives.insert(row, found.changes);
      });
      return archivedFile(row);
    },
    list: () => archives.all().map(archivedFile),
  };
}

function rowOf(content: ArchiveContent, digest: Uint8Array, made_at: string): ArchiveRow {
  const { number, firstPlace, lastPlace, hashBefore, hashAt } = content;
  const numbers = (rows: readonly { number: number }[]): string =>
    JSON.stringify(rangesOf(rows.map((row) => row.number)));
  return {
    ...{ number, digest, made_at },
    // The digest in the name: a queue that was put back from a copy never writes over what a later one has written.
    file: `${String(number).padStart(6, '0')}-${toHex(digest).slice(0, 16)}.jsonl.gz`,
    ...{ first_place: firstPlace, last_place: lastPlace, hash_before: hashBefore, hash_at: hashAt },
    ...{ payments: numbers(content.payments), reversals: numbers(content.reversals) },
  };
}

/** What came back from the disk is what was given to it, and can be read. */
function requireWhole(found: Uint8Array | undefined, bytes: Uint8Array, file: string): void {
  const whole = found !== undefined && equalBytes(found, bytes) && decodeArchive(found) !== undefined;
  if (!whole) throw new QueueError('io-error', `${file} does not read back as it was written`);
}

function eraser(db: Database): (content: ArchiveContent) => void {
  const [reversals, payments] = ['reversals', 'payments'].map((table) =>
    db.prepare<never>(`delete from ${table} where number = ?`),
  );
  const records = db.prepare<never>('delete from records where place between ? and ?');
  const eraseAll = (statement: Statement<never> | undefined, rows: readonly { number: number }[]): void => {
    for (const { number } of rows) assert(statement?.run(number).changes === 1, `row ${number} is gone`);
  };
  return (content) => {
    eraseAll(reversals, content.reversals);
    eraseAll(payments, content.payments);
    const { changes } = records.run(content.firstPlace, content.lastPlace);
    assert(changes === content.records.length, 'other records left than were written');
  };
}

function archivedFile(row: ArchiveRow): ArchivedFile {
  const count = (text: string): number => parseRanges(text).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return {
    file: row.file,
    digest: toHex(row.digest),
    first: placed(row.first_place),
    last: placed(row.last_place),
    payments: count(row.payments),
    madeAt: row.made_at,
  };
}
