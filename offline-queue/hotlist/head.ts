import { ok as assert } from 'node:assert/strict';
import type { Database } from '../database/database.ts';
import type { HotlistHeadRow, Tables } from '../rows/tables.ts';
import { type HotlistLists, listsOf } from './lists.ts';

/** The one row that says which lists there are and which of them holds. */
export interface HotlistHead {
  /** Undefined: no list has arrived yet. */
  row(): HotlistHeadRow | undefined;
  lists(): HotlistLists;
  /** Other lists, of which the same holds. Within a transaction. */
  keep(lists: HotlistLists): void;
  /** What holds from now on. Within a transaction. */
  set(holding: Omit<HotlistHeadRow, 'id' | 'lists'>, lists: HotlistLists): void;
  confirmed(at: string): void;
}

const NOTHING = { version: 0, hash: null, updated_at: '', entries: 0, debts: 0 } as const;

export function hotlistHead(db: Database, { hotlistHead: table }: Pick<Tables, 'hotlistHead'>): HotlistHead {
  const text = db.prepare<{ lists: string }>('select lists from hotlist_head where id = 1');
  /** Read last, or written. */
  let known: { readonly text: string | undefined; readonly lists: HotlistLists } | undefined;
  const textOf = (lists: HotlistLists): string => {
    const text = JSON.stringify(lists);
    known = { text, lists };
    return text;
  };

  const change = (columns: Partial<Omit<HotlistHeadRow, 'id'>>): void => {
    if (table.change(1, columns) === undefined) table.insert({ ...NOTHING, lists: '', ...columns, id: 1 });
  };
  return {
    row() {
      const row = table.get(1);
      return row?.updated_at === '' ? undefined : row;
    },
    lists() {
      const row = text.get();
      // Read at every look-up: a transaction may have been rolled back, or another process have written.
      if (known === undefined || known.text !== row?.lists) known = { text: row?.lists, lists: listsOf(row) };
      return known.lists;
    },
    keep: (lists) => change({ lists: textOf(lists) }),
    set: (holding, lists) => change({ ...holding, lists: textOf(lists) }),
    confirmed(at) {
      assert(table.get(1)?.updated_at, 'there is no hotlist to confirm');
      change({ updated_at: at });
    },
  };
}
