import type { Database } from '../database/database.ts';
import type { ArrivingHotlist, HotlistStore } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';
import type { Tables } from '../rows/tables.ts';
import { hotlistArriving } from './arriving.ts';
import { hotlistEntries, tokenBytes } from './entries.ts';
import { hotlistHead } from './head.ts';
import { type ArrivingList, layersOf } from './lists.ts';
import { hotlistTidier } from './tidy.ts';

/**
 * The hotlist: what holds is never half of a change. Parts of a change are laid aside as they arrive, each in a short transaction, and
 * hold from one moment on, by a change of one row.
 */
export function hotlistStore(db: Database, tables: Pick<Tables, 'hotlistHead'>, sealing: Sealing): HotlistStore {
  const entries = hotlistEntries(db);
  const head = hotlistHead(db, tables);
  const valueNow = (token: Uint8Array, debt: string): number => {
    for (const { list } of layersOf(head.lists()).toReversed()) {
      const value = entries.value(list, token, debt);
      if (value !== undefined) return value;
    }
    return 0;
  };
  const arriving = hotlistArriving({ entries, sealing, head, valueNow });
  const tidy = hotlistTidier(entries, sealing, head);

  return {
    contains: (token) => valueNow(tokenBytes(token), '') > 0,
    debts(token) {
      const bytes = tokenBytes(token);
      const stands = new Map<string, number>();
      for (const { list } of layersOf(head.lists())) {
        for (const { debt, value } of entries.debts(list, bytes)) stands.set(debt, value);
      }
      return [...stands].filter(([, value]) => value > 0).map(([id, amountMinor]) => ({ id, token, amountMinor }));
    },
    status() {
      const row = head.row();
      if (row === undefined) return { version: 0, entries: 0 };
      const { version, updated_at: updatedAt, hash, entries: count, debts } = row;
      return { version, updatedAt, entries: count, ...(hash !== null && { hash }), ...(debts > 0 && { debts }) };
    },
    arriving() {
      const { arriving: list } = head.lists();
      return list && describe(list);
    },
    confirmed: (at) => db.transaction(() => head.confirmed(at)),
    stage: (part) => db.transaction(() => arriving.stage(part)),
    adopt: () => db.transaction(arriving.adopt),
    discard: () => db.transaction(arriving.discard),
    tidy: () => db.transaction(tidy),
    apply({ version, full, add, remove, at }) {
      db.transaction(() => {
        const from = full ? 0 : (head.row()?.version ?? 0);
        arriving.stage({ from, to: version, full, add, remove, debts: [], at });
        arriving.adopt();
        tidy();
      });
    },
  };
}

function describe({ from, to, full, hash, through, complete, rows }: ArrivingList): ArrivingHotlist {
  const optional = { ...(hash !== undefined && { hash }), ...(through !== undefined && { through }) };
  return { from, to, full, complete, rows, ...optional };
}
