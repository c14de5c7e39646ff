import { pageOf } from '../database/cursor.ts';
import { plain } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { epochOf, isPlace, type Place, placeOf, sequenceOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import type { RecordStore, StoredRecord } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';
import { type ChainedRow, isReadable, openPan, type ReadableRow, type RecordRows } from './record-rows.ts';

/** Records as they were written; one that can no longer be read has its place alone in lists, and `verify` says what is wrong. */
export function recordStore(
  rows: RecordRows,
  identities: Identities,
  sealing: Sealing,
  describe: (row: ReadableRow) => StoredRecord,
): RecordStore {
  const find = (epoch: number, sequence: number): ChainedRow | undefined =>
    isPlace(epoch, sequence) ? rows.get(placeOf(epoch, sequence)) : undefined;
  return {
    get(epoch, sequence) {
      const row = find(epoch, sequence);
      if (row === undefined) return undefined;
      if (!isReadable(row)) throw new QueueError('bad-record', `epoch ${epoch}, sequence ${sequence}`);
      return describe(row);
    },
    list(page) {
      const of = { number: (row: ChainedRow) => row.place, item: (row: ChainedRow) => row };
      const found = pageOf('records', page, Number.MAX_SAFE_INTEGER, rows.newest, of);
      if ('kind' in found) return found;
      const unreadable = found.items.filter((row) => !isReadable(row)).map(({ place }) => positionOf(place));
      return {
        ...found,
        items: found.items.filter(isReadable).map(describe),
        ...(unreadable.length > 0 && { unreadable }),
      };
    },
    between(epoch, first, last) {
      const found = isPlace(epoch, first) ? rows.range(placeOf(epoch, first), placeOf(epoch, last)) : [];
      return found.map(({ place, canonical, record }) => ({
        sequence: sequenceOf(place),
        canonical: plain(canonical),
        ...(record && { record }),
      }));
    },
    head: () => rows.head(identities.required()),
    hashAt(epoch, sequence) {
      if (sequence === 0) return identities.of(epoch)?.genesisHash;
      const hash = isPlace(epoch, sequence) ? rows.hashAt(placeOf(epoch, sequence)) : undefined;
      return hash && plain(hash);
    },
    pan(epoch, sequence) {
      const row = find(epoch, sequence);
      return row && openPan(sealing, row);
    },
  };
}

const positionOf = (place: Place) => ({ epoch: epochOf(place), sequence: sequenceOf(place) });
