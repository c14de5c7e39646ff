import { ok as assert } from 'node:assert/strict';
import type { Database, Value } from './database.ts';

/** One row of a list: whether a card is listed (`debt` empty; 1 or 0), or what it owes for one debt (fen; 0: nothing more). */
export interface HotlistRow {
  readonly token: Uint8Array;
  readonly debt: string;
  readonly value: number;
}

const TOKEN = /^[0-9A-F]{64}$/;

/** By the driver's own decoder, since a list has a million. */
export function tokenBytes(token: string): Uint8Array {
  assert(TOKEN.test(token), 'a card token is 64 upper-case hex digits');
  return Buffer.from(token, 'hex');
}

/** Rows that one statement puts: the call costs more than a row. */
const ROWS_A_STATEMENT = 50;

/** The rows of all lists. */
export interface HotlistEntries {
  /** What one list says of a card or of one debt; undefined: nothing. */
  value(list: number, token: Uint8Array, debt: string): number | undefined;
  /** All that one list says of a card. */
  of(list: number, token: Uint8Array): readonly HotlistRow[];
  /** The first rows of a list. */
  first(list: number, limit: number): readonly HotlistRow[];
  /** Quickest in the order of their key. */
  put(list: number, rows: readonly HotlistRow[]): void;
  remove(list: number, row: HotlistRow): void;
  /** Deletes so many rows of a list; gives how many there were. */
  drop(list: number, limit: number): number;
}

export function hotlistEntries(db: Database): HotlistEntries {
  const value = db.prepare<{ value: number }>(
    'select value from hotlist_entries where list = ? and token = ? and debt = ?',
  );
  const of = db.prepare<HotlistRow>('select token, debt, value from hotlist_entries where list = ? and token = ?');
  const first = db.prepare<HotlistRow>(
    'select token, debt, value from hotlist_entries where list = ? order by token, debt limit ?',
  );
  const putting = (count: number) =>
    db.prepare(
      `insert into hotlist_entries (list, token, debt, value) values ${Array(count).fill('(?, ?, ?, ?)').join()}`,
    );
  const [put, putSome] = [putting(1), putting(ROWS_A_STATEMENT)];
  const remove = db.prepare('delete from hotlist_entries where list = ? and token = ? and debt = ?');
  const nth = db.prepare<HotlistRow>(
    'select token, debt, value from hotlist_entries where list = ? order by token, debt limit 1 offset ?',
  );
  const dropTo = db.prepare('delete from hotlist_entries where list = ? and (token, debt) <= (?, ?)');
  const dropAll = db.prepare('delete from hotlist_entries where list = ?');
  return {
    value: (list, token, debt) => value.get(list, token, debt)?.value,
    of: (list, token) => of.all(list, token),
    first: (list, limit) => first.all(list, limit),
    put(list, rows) {
      const values = (row: HotlistRow): readonly Value[] => [list, row.token, row.debt, row.value];
      let done = 0;
      for (; done + ROWS_A_STATEMENT <= rows.length; done += ROWS_A_STATEMENT) {
        putSome.run(...rows.slice(done, done + ROWS_A_STATEMENT).flatMap(values));
      }
      for (const row of rows.slice(done)) put.run(...values(row));
    },
    remove: (list, row) => {
      remove.run(list, row.token, row.debt);
    },
    drop: (list, limit) => {
      const last = nth.get(list, limit - 1);
      return (last === undefined ? dropAll.run(list) : dropTo.run(list, last.token, last.debt)).changes;
    },
  };
}
