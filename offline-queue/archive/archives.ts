import { sm3 } from '../../emv/crypto/index.ts';
import { equalBytes } from '../../emv/values/index.ts';
import { type Database, plain } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import type { Place } from '../database/place.ts';
import type { ArchivedRows } from '../records/record-rows.ts';
import type { ArchiveRow } from '../rows/tables.ts';
import type { ArchiveFolder } from './folder.ts';
import { type ArchiveContent, type ArchivedRecord, decodeArchive } from './form.ts';

/** The files beside the queue, by the rows that name them. */
export interface Archives extends ArchivedRows {
  last(): ArchiveRow | undefined;
  /** Oldest first. */
  all(): readonly ArchiveRow[];
  /** What a file holds; undefined when it is missing, is another one, or cannot be read. */
  content(row: ArchiveRow): ArchiveContent | undefined;
}

export function openArchives(db: Database, folder: ArchiveFolder): Archives {
  const last = db.prepare<ArchiveRow>('select * from archives order by number desc limit 1');
  const all = db.prepare<ArchiveRow>('select * from archives order by number');
  const between = db.prepare<ArchiveRow>(
    'select * from archives where last_place >= ? and first_place <= ? order by number',
  );
  const below = db.prepare<ArchiveRow>('select * from archives where first_place < ? order by number desc');
  // Lists and checks go from one end to the other: the file that was read last is the one that is asked for next.
  let kept: { readonly file: string; readonly records: readonly ArchivedRecord[] } | undefined;

  const content = (row: ArchiveRow): ArchiveContent | undefined => {
    const bytes = folder.read(row.file);
    return bytes && equalBytes(sm3(bytes), row.digest) ? decodeArchive(bytes) : undefined;
  };
  const recordsOf = (row: ArchiveRow): readonly ArchivedRecord[] => {
    if (kept?.file === row.file) return kept.records;
    const found = content(row);
    if (found === undefined) throw new QueueError('bad-archive', row.file);
    kept = { file: row.file, records: found.records };
    return kept.records;
  };
  const within = (row: ArchiveRow, first: Place, lastPlace: Place) =>
    recordsOf(row)
      .filter(({ place }) => place >= first && place <= lastPlace)
      .map((record) => ({ ...record, pan: null }));

  return {
    last: () => last.get(),
    all: () => all.all(),
    content,
    range: (first, lastPlace) => between.all(first, lastPlace).flatMap((row) => within(row, first, lastPlace)),
    newest(place, count) {
      const found = [];
      for (const row of below.iterate(place)) {
        found.push(...within(row, 0, place - 1).reverse());
        if (found.length >= count) break;
      }
      return found.slice(0, count);
    },
    hashAt(place) {
      const row = between.get(place, place);
      if (row?.last_place === place) return plain(row.hash_at);
      return row && within(row, place, place)[0]?.hash;
    },
  };
}
