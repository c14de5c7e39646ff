import { equalBytes } from '../../emv/values/index.ts';
import type { Database } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { type KeyRow, type KeyRows, keyRows } from './key-rows.ts';
import { KEY_BYTES, type MasterKey, type Random } from './master-key.ts';

const DATA = 'data';
/** There while a rotation is under way: the data key before, wrapped like the newest one. */
const OLD_DATA = 'data-old';
/** What the master key before had wrapped, until it is destroyed. */
const OLD_MASTER = 'master-old';

/** Is a row of `keys` sealed under the data key, and not wrapped by the master key? */
export const isSealedKey = ({ name }: KeyRow): boolean => ![DATA, OLD_DATA, OLD_MASTER].includes(name);

/** Tells a reader, beside whom an agent may rotate its keys, whether the data key is still the one that there was. */
export function dataKeyWatch(db: Database): () => boolean {
  const { get } = keyRows(db);
  const before = get(DATA);
  return () => {
    const now = get(DATA);
    return before !== undefined && now !== undefined && equalBytes(before, now);
  };
}

/** The data key, and during a rotation the one before. */
export interface DataKeys {
  readonly newest: Uint8Array;
  readonly old?: Uint8Array;
}

/**
 * Opens the data keys with the master key; makes and wraps one when the queue has none. What another store or key has
 * wrapped is wrapped anew. Throws QueueError `wrong-key`, `older-schema`, and what the key store says.
 * @param random absent: read-only, nothing is made
 */
export function openDataKeys(db: Database, master: MasterKey, random?: Random): DataKeys {
  const rows = keyRows(db);
  if (rows.get(DATA) === undefined) return { newest: makeDataKey(db, rows, master, random) };
  const newest = unwrap(rows, master, DATA);
  const old = rows.get(OLD_DATA) && unwrap(rows, master, OLD_DATA);
  const keys = { newest: newest.key, ...(old && { old: old.key }) };
  if (random !== undefined && !(newest.current && (old?.current ?? true))) wrapAnew(db, rows, master, keys);
  return keys;
}

function unwrap(
  rows: KeyRows,
  master: MasterKey,
  name: string,
): { readonly key: Uint8Array; readonly current: boolean } {
  const unwrapped = master.unwrap(name, rows.get(name) ?? new Uint8Array());
  if (unwrapped === undefined) throw new QueueError('wrong-key');
  return unwrapped;
}

function makeDataKey(db: Database, rows: KeyRows, master: MasterKey, random: Random | undefined): Uint8Array {
  // Another key would open nothing of what is there, and the one that is lost could not be brought back beside it.
  if (db.prepare('select 1 from identities').get() !== undefined)
    throw new QueueError('corrupt', 'its data key is missing from the table keys');
  if (random === undefined) throw new QueueError('older-schema');
  const key = random(KEY_BYTES);
  const wrapped = master.wrap(DATA, key);
  db.transaction(() => rows.put(DATA, wrapped));
  return key;
}

function wrapAnew(db: Database, rows: KeyRows, master: MasterKey, { newest, old }: DataKeys): void {
  const wrapped = master.wrap(DATA, newest);
  const wrappedOld = old && master.wrap(OLD_DATA, old);
  db.transaction(() => {
    rows.put(DATA, wrapped);
    if (wrappedOld) rows.put(OLD_DATA, wrappedOld);
  });
}

/** The steps of a rotation that change keys; between them rows are sealed anew (`key-rotation.ts`). */
export interface DataKeyRows {
  /**
   * Makes a new data key, and a new master key where the store can. When it throws, everything is as before; QueueError `wrong-key`
   * where the store no longer has the master key of this queue.
   */
  replace(current: Uint8Array): { readonly next: Uint8Array; readonly renewed: boolean };
  /** Destroys the master key before, if that has not been done yet. */
  destroyOldMaster(): void;
  /** Forgets the data key before; nothing is sealed under it any more. */
  eraseOld(): void;
}

export function dataKeyRows(db: Database, master: MasterKey, random: Random): DataKeyRows {
  const rows = keyRows(db);
  return {
    replace(current) {
      // What is in place now is destroyed later: a key that another queue needs, put there since, must not be.
      unwrap(rows, master, DATA).key.fill(0);
      const next = random(KEY_BYTES);
      const renewed = master.renew();
      const wrapped = master.wrap(DATA, next);
      const wrappedOld = master.wrap(OLD_DATA, current);
      db.transaction(() => {
        const before = rows.get(DATA);
        if (renewed && before !== undefined) rows.put(OLD_MASTER, before);
        rows.put(DATA, wrapped);
        rows.put(OLD_DATA, wrappedOld);
      });
      return { next, renewed };
    },
    destroyOldMaster() {
      const before = rows.get(OLD_MASTER);
      if (before === undefined) return;
      master.destroy(before);
      db.transaction(() => rows.erase(OLD_MASTER));
    },
    eraseOld() {
      db.transaction(() => rows.erase(OLD_DATA));
    },
  };
}
