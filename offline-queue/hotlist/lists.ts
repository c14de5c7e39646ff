import { readJson } from '../database/json.ts';
import type { HotlistHeadRow } from '../rows/tables.ts';

/** Rows of `hotlist_cards` and `hotlist_debts` that belong together. */
export interface HotlistList {
  readonly list: number;
  readonly rows: number;
  /** See `ChangingList`; hex, empty of no rows. */
  readonly digest: string;
}

/** A list that is still arriving. */
export interface ArrivingList extends HotlistList {
  readonly from: number;
  readonly to: number;
  readonly hash?: string;
  readonly full: boolean;
  /** When its first part was asked for. */
  readonly at: string;
  /** Cards on the list at `to`, as the host says. */
  readonly expected?: number;
  /** What there will be with these rows. */
  readonly entries: number;
  readonly debts: number;
  /** Everything up to this token is here; absent: nothing is. */
  readonly through?: string;
  readonly complete: boolean;
}

/**
 * The lists that there are. What holds is `base` with `changes` on top, the last one first; a change is moved into the base little
 * by little, which alters nothing of what holds. Rows of a retired list count for nothing and are deleted little by little.
 */
export interface HotlistLists {
  readonly next: number;
  readonly base?: HotlistList;
  /** Oldest first. */
  readonly changes: readonly HotlistList[];
  readonly arriving?: ArrivingList;
  readonly retired: readonly number[];
}

const NO_LISTS: HotlistLists = { next: 1, changes: [], retired: [] };

/** The queue's own words, which its tag holds together. */
export const listsOf = (row: Pick<HotlistHeadRow, 'lists'> | undefined): HotlistLists =>
  row === undefined ? NO_LISTS : { ...NO_LISTS, ...readJson<Partial<HotlistLists>>(row.lists, {}) };

/** What holds, oldest first. */
export const layersOf = ({ base, changes }: HotlistLists): readonly HotlistList[] => [
  ...(base === undefined ? [] : [base]),
  ...changes,
];
