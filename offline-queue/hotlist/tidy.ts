import type { Sealing } from '../keys/sealing.ts';
import { ChangingList, EMPTY_DIGEST } from './digest.ts';
import type { HotlistEntries } from './entries.ts';
import type { HotlistHead } from './head.ts';
import type { HotlistLists } from './lists.ts';

/** Rows that one step moves or deletes: some hundredths of a second, in which no tap can be served. */
const ROWS_A_STEP = 500;

/**
 * One step towards a single list: moves rows of the oldest change into the base, or deletes rows of a list that was replaced. What
 * holds stays what it is. Within a transaction; false when there is nothing to do.
 */
export function hotlistTidier(entries: HotlistEntries, sealing: Sealing, { lists, keep }: HotlistHead): () => boolean {
  const moveSome = (now: HotlistLists): void => {
    const [oldest, ...changes] = now.changes;
    if (oldest === undefined) return;
    const base = new ChangingList(now.base ?? { list: now.next, rows: 0, digest: EMPTY_DIGEST }, sealing);
    const into = now.base?.list ?? now.next;
    const change = new ChangingList(oldest, sealing);
    const rows = entries.some(oldest.list, ROWS_A_STEP);
    for (const row of rows) {
      const was = entries.value(into, row.token, row.debt);
      if (was !== undefined) {
        entries.remove(into, row);
        base.removed({ ...row, value: was });
      }
      if (row.value > 0) {
        entries.put(into, row);
        base.added(row);
      }
      entries.remove(oldest.list, row);
      change.removed(row);
    }
    const left = change.now();
    const more = left.rows > 0 && rows.length > 0;
    // Other rows than were written have come in, or some are missing: from now on the base is not the one that it should be.
    if (!more && !change.isThatOf({ list: oldest.list, rows: 0, digest: EMPTY_DIGEST })) base.lost();
    keep({ ...now, base: base.now(), changes: more ? [left, ...changes] : changes });
  };

  return () => {
    const now = lists();
    const [retired, ...rest] = now.retired;
    if (now.changes.length > 0) moveSome(now);
    else if (retired === undefined) return false;
    else if (!entries.drop(retired, ROWS_A_STEP)) keep({ ...now, retired: rest });
    return true;
  };
}
