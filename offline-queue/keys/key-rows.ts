import type { Database } from '../database/database.ts';

/** The table of wrapped and sealed keys; what is sealed in it is bound to this name. */
export const KEYS = 'keys';

export interface KeyRow {
  readonly name: string;
  readonly sealed: Uint8Array;
}

/** The rows of `keys`, as they lie there: the master key wraps some (`data-keys.ts`), the data key seals the others. */
export interface KeyRows {
  get(name: string): Uint8Array | undefined;
  all(): readonly KeyRow[];
  /** Within a transaction, like `erase`. */
  put(name: string, bytes: Uint8Array): void;
  erase(name: string): void;
}

export function keyRows(db: Database): KeyRows {
  const select = db.prepare<{ sealed: Uint8Array }>(`select sealed from ${KEYS} where name = ?`);
  const selectAll = db.prepare<KeyRow>(`select name, sealed from ${KEYS}`);
  const put = db.prepare(`insert or replace into ${KEYS} (name, sealed) values (?, ?)`);
  const erase = db.prepare(`delete from ${KEYS} where name = ?`);
  return {
    get: (name) => select.get(name)?.sealed,
    all: () => selectAll.all(),
    put: (name, bytes) => {
      db.changeKeys();
      put.run(name, bytes);
    },
    erase: (name) => {
      db.changeKeys();
      erase.run(name);
    },
  };
}
