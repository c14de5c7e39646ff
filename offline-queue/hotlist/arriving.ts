import { ok as assert } from 'node:assert/strict';
import type { HotlistPart } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';
import { ChangingList, EMPTY_DIGEST } from './digest.ts';
import { type HotlistEntries, type HotlistRow, tokensBytes } from './entries.ts';
import type { HotlistHead } from './head.ts';
import { type ArrivingList, type HotlistLists, layersOf } from './lists.ts';

interface Parts {
  readonly entries: HotlistEntries;
  readonly sealing: Sealing;
  readonly head: HotlistHead;
  /** What holds now of a card (debt empty) or of one of its debts. */
  readonly valueNow: (token: Uint8Array, debt: string) => number;
}

/** Takes in the parts of a list or a change; each method within a transaction. */
export function hotlistArriving({ entries, sealing, head, valueNow }: Parts) {
  const discard = (): void => {
    const { arriving, retired, ...rest } = head.lists();
    if (arriving !== undefined) head.keep({ ...rest, retired: [...retired, arriving.list] });
  };

  const begin = (part: HotlistPart): ArrivingList => {
    discard();
    const now = head.lists();
    const arriving = arrivingOf(part, now.next, part.full ? undefined : head.row());
    head.keep({ ...now, next: now.next + 1, arriving });
    return arriving;
  };

  /** Rows that change nothing are left out, so that what there will be is always counted. */
  const lay = (before: ArrivingList, rows: readonly HotlistRow[]): ArrivingList => {
    const list = new ChangingList(before, sealing);
    const counts = { entries: before.entries, debts: before.debts };
    const changing = rows.filter((row) => {
      const was = before.full ? 0 : valueNow(row.token, row.debt);
      counts[row.debt === '' ? 'entries' : 'debts'] += Math.sign(row.value) - Math.sign(was);
      return was !== row.value;
    });
    for (const row of changing) list.added(row);
    entries.append(before.list, changing);
    return { ...before, ...list.now(), ...counts };
  };

  return {
    discard,
    stage(part: HotlistPart): void {
      const arriving = part.after === undefined ? begin(part) : head.lists().arriving;
      assert(arriving && continues(arriving, part), 'the part does not follow what has arrived');
      const { through: _, ...laid } = lay(arriving, rowsOf(part));
      const reached = part.through === undefined ? { complete: true } : { through: part.through };
      head.keep({ ...head.lists(), arriving: { ...laid, ...reached } });
    },
    adopt(): 'adopted' | 'wrong-count' {
      const { arriving, ...rest } = head.lists();
      assert(arriving?.complete, 'the list has not arrived as a whole');
      const { from, to: version, full, hash = null, at, expected, entries: count, debts } = arriving;
      assert(full || from === (head.row()?.version ?? 0), 'the change starts from another version');
      if (expected !== undefined && expected !== count) return 'wrong-count';
      head.set({ version, hash, updated_at: at, entries: count, debts }, withAdopted(rest, arriving));
      return 'adopted';
    },
  };
}

function arrivingOf(
  { from, to, full, hash, at, expected }: HotlistPart,
  list: number,
  counts: { readonly entries: number; readonly debts: number } = { entries: 0, debts: 0 },
): ArrivingList {
  const { entries, debts } = counts;
  return {
    ...{ list, rows: 0, digest: EMPTY_DIGEST, from, to, full, at, entries, debts, complete: false },
    ...(hash !== undefined && { hash }),
    ...(expected !== undefined && { expected }),
  };
}

const continues = (arriving: ArrivingList, { from, to, full, after, hash }: HotlistPart): boolean =>
  !arriving.complete &&
  arriving.through === after &&
  arriving.from === from &&
  arriving.to === to &&
  arriving.full === full &&
  arriving.hash === hash;

/** A whole list takes the place of all that held; a change lies on top of it. */
function withAdopted(lists: Omit<HotlistLists, 'arriving'>, { list, rows, digest, full }: ArrivingList): HotlistLists {
  const { next, base, changes, retired } = lists;
  const one = { list, rows, digest };
  if (!full && base !== undefined) return { next, base, changes: [...changes, one], retired };
  return { next, base: one, changes: [], retired: [...retired, ...layersOf(lists).map((layer) => layer.list)] };
}

/** A row whose token is still in hex. */
interface NamedRow {
  readonly token: string;
  readonly debt: string;
  readonly value: number;
}

const orderOf = (a: NamedRow, b: NamedRow): number => order(a.token, b.token) || order(a.debt, b.debt);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * In the order of their key, in which they are quick to put, and each once. A card that is added and removed at once is on the
 * list.
 */
function rowsOf({ full, add, remove, debts, after = '', through }: HotlistPart): readonly HotlistRow[] {
  const rows: NamedRow[] = add.map((token) => ({ token, debt: '', value: 1 }));
  if (!full && remove.length > 0) {
    const added = new Set(add);
    for (const token of remove) if (!added.has(token)) rows.push({ token, debt: '', value: 0 });
  }
  for (const { id, token, amountMinor } of debts) {
    if (!full || amountMinor > 0) rows.push({ token, debt: id, value: amountMinor });
  }
  rows.sort(orderOf);
  const once = rows.filter((row, at) => {
    const before = rows[at - 1];
    return before === undefined || orderOf(before, row) !== 0;
  });
  // Parts do not overlap, so that no row can be there already.
  const within = once.every(({ token }) => token > after && (through === undefined || token <= through));
  assert(within, 'a card lies outside its part');
  const tokens = tokensBytes(once.map(({ token }) => token));
  return once.map(({ debt, value }, at) => ({ token: tokens[at] ?? NO_TOKEN, debt, value }));
}

const NO_TOKEN = new Uint8Array();
