import { ok as assert } from 'node:assert/strict';
import { hex, toHex, uintBytes } from '../emv/values/index.ts';
import type { Database } from './database.ts';
import type { HotlistList } from './hotlist-lists.ts';
import type { Sealing } from './sealing.ts';

/** One row of a list: whether a card is listed (`debt` empty; 1 or 0), or what it owes for one debt (fen; 0: nothing more). */
export interface HotlistRow {
  readonly token: Uint8Array;
  readonly debt: string;
  readonly value: number;
}

const TOKEN = /^[0-9A-F]{64}$/;

export function tokenBytes(token: string): Uint8Array {
  assert(TOKEN.test(token), 'a card token is 64 upper-case hex digits');
  return hex(token);
}

export const EMPTY_DIGEST = '00'.repeat(32);

/**
 * A digest of a set that follows each change without reading the rest: XOR of the members' MACs. Who lacks the key knows
 * none of them, and so cannot put one in another's place.
 */
function xorInto(digest: Uint8Array, mac: Uint8Array): void {
  for (let at = 0; at < digest.length; at++) digest[at] = (digest[at] ?? 0) ^ (mac[at] ?? 0);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const VALUE_BYTES = 6;
const MAX_VALUE = 2 ** (8 * VALUE_BYTES) - 1;

/** MAC of one row. Token and value are of fixed length, so no two rows share their bytes; no debt is so large that it would not fit. */
const macOf = (sealing: Sealing, { token, debt, value }: HotlistRow): Uint8Array =>
  sealing.digest(token, uintBytes(value >= 0 && value < MAX_VALUE ? value : MAX_VALUE, VALUE_BYTES), utf8(debt));

/** A list whose rows change, with its count and digest along. */
export class ChangingList {
  readonly #list: number;
  readonly #digest: Uint8Array;
  readonly #sealing: Sealing;
  #rows: number;

  constructor({ list, rows, digest }: HotlistList, sealing: Sealing) {
    this.#list = list;
    this.#rows = rows;
    this.#digest = hex(digest);
    this.#sealing = sealing;
  }

  added(row: HotlistRow): void {
    xorInto(this.#digest, macOf(this.#sealing, row));
    this.#rows += 1;
  }

  removed(row: HotlistRow): void {
    xorInto(this.#digest, macOf(this.#sealing, row));
    this.#rows -= 1;
  }

  now(): HotlistList {
    return { list: this.#list, rows: this.#rows, digest: toHex(this.#digest) };
  }
}

/** The rows of all lists. */
export interface HotlistEntries {
  /** What one list says of a card or of one debt; undefined: nothing. */
  value(list: number, token: Uint8Array, debt: string): number | undefined;
  /** All that one list says of a card. */
  of(list: number, token: Uint8Array): readonly HotlistRow[];
  /** The first rows of a list. */
  first(list: number, limit: number): readonly HotlistRow[];
  put(list: number, row: HotlistRow): void;
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
  const put = db.prepare('insert into hotlist_entries (list, token, debt, value) values (?, ?, ?, ?)');
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
    put: (list, row) => {
      put.run(list, row.token, row.debt, row.value);
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
