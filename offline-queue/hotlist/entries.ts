import { ok as assert } from 'node:assert/strict';
import type { Database } from '../database/database.ts';
import {
  blocksOf,
  cardsIn,
  firstOf,
  isWhole,
  MAX_CARDS,
  parted,
  TOKEN_BYTES,
  valueIn,
  withCard,
  withoutCard,
} from './block.ts';

/** One row of a list: whether a card is listed (`debt` empty; 1 or 0), or what it owes for one debt (fen; 0: nothing more). */
export interface HotlistRow {
  readonly token: Uint8Array;
  readonly debt: string;
  readonly value: number;
}

/** What an upper-case hex digit stands for, by its character; -1 of any other. */
const DIGITS = Int8Array.from({ length: 256 }, (_, code) => '0123456789ABCDEF'.indexOf(String.fromCharCode(code)));
const digitAt = (text: string, at: number): number => DIGITS[text.charCodeAt(at)] ?? -1;

export const tokenBytes = (token: string): Uint8Array => tokensBytes([token])[0] ?? new Uint8Array();

/** All in one go, since a list has a million. */
export function tokensBytes(tokens: readonly string[]): readonly Uint8Array[] {
  const bytes = new Uint8Array(tokens.length * TOKEN_BYTES);
  let at = 0;
  let digits = 0;
  for (const token of tokens) {
    if (token.length !== 2 * TOKEN_BYTES) digits = -1;
    for (let digit = 0; digit < token.length; digit += 2) {
      const byte = (digitAt(token, digit) << 4) | digitAt(token, digit + 1);
      digits |= byte;
      bytes[at++] = byte;
    }
  }
  assert(digits >= 0, 'a card token is 64 upper-case hex digits');
  return tokens.map((_, nth) => bytes.subarray(nth * TOKEN_BYTES, (nth + 1) * TOKEN_BYTES));
}

/** The rows of all lists. */
export interface HotlistEntries {
  /** What one list says of a card or of one debt; undefined: nothing. */
  value(list: number, token: Uint8Array, debt: string): number | undefined;
  /** What one list says of a card's debts. */
  debts(list: number, token: Uint8Array): readonly HotlistRow[];
  /** Some rows of a list, so many or a block more; none: it has none. */
  some(list: number, atLeast: number): readonly HotlistRow[];
  /** Puts rows behind all cards that the list has, in the order of their tokens. */
  append(list: number, rows: readonly HotlistRow[]): void;
  /** Puts a row that is not there. */
  put(list: number, row: HotlistRow): void;
  remove(list: number, row: HotlistRow): void;
  /** Deletes so many rows of a list, or a block more; true when some are left. */
  drop(list: number, atLeast: number): boolean;
  /** Every row of a list; gives whether its blocks are whole and in order. */
  walk(list: number, visit: (row: HotlistRow) => void): boolean;
  /** The next higher number that any row names as its list. */
  listAfter(list: number): number | undefined;
}

interface BlockRow {
  readonly first: Uint8Array;
  readonly cards: Uint8Array;
}

/**
 * What writes does so within a transaction. A row of another hand that is in the way is replaced: the digest goes on telling of it.
 */
export function hotlistEntries(db: Database): HotlistEntries {
  const [cards, debts] = [cardBlocks(db), debtRows(db)];
  const isCard = ({ debt }: Pick<HotlistRow, 'debt'>): boolean => debt === '';
  return {
    value: (list, token, debt) => (debt === '' ? cards.value(list, token) : debts.value(list, token, debt)),
    debts: debts.of,
    some: (list, atLeast) => {
      const found = cards.some(list, atLeast);
      return found.length > 0 ? found : debts.some(list, atLeast);
    },
    append(list, rows) {
      cards.append(list, rows.filter(isCard));
      for (const row of rows) if (!isCard(row)) debts.put(list, row);
    },
    put: (list, row) => (isCard(row) ? cards : debts).put(list, row),
    remove: (list, row) => (isCard(row) ? cards : debts).remove(list, row),
    drop: (list, atLeast) => cards.drop(list, atLeast) || debts.drop(list, atLeast),
    walk(list, visit) {
      const whole = cards.walk(list, visit);
      debts.walk(list, visit);
      return whole;
    },
    listAfter(list) {
      const next = [cards.listAfter(list), debts.listAfter(list)].filter((found) => found !== undefined);
      return next.length === 0 ? undefined : Math.min(...next);
    },
  };
}

function cardBlocks(db: Database) {
  const around = db.prepare<BlockRow>(
    'select first, cards from hotlist_cards where list = ? and first <= ? order by first desc limit 1',
  );
  const begin = db.prepare<BlockRow>('select first, cards from hotlist_cards where list = ? order by first limit ?');
  const all = db.prepare<BlockRow>('select first, cards from hotlist_cards where list = ? order by first');
  const insert = db.prepare('insert or replace into hotlist_cards (list, first, cards) values (?, ?, ?)');
  const erase = db.prepare('delete from hotlist_cards where list = ? and first = ?');
  const eraseTo = db.prepare('delete from hotlist_cards where list = ? and first <= ?');
  const next = db.prepare<{ list: number | null }>('select min(list) as list from hotlist_cards where list > ?');

  const put = (list: number, blocks: readonly Uint8Array[]): void => {
    for (const block of blocks) {
      const first = firstOf(block);
      if (first !== undefined) insert.run(list, first, block);
    }
  };
  /** The block in which a card stands, or would stand. */
  const holding = (list: number, token: Uint8Array): BlockRow | undefined =>
    around.get(list, token) ?? begin.get(list, 1);
  const change = (list: number, row: BlockRow, changed: Uint8Array): void => {
    erase.run(list, row.first);
    put(list, parted(changed));
  };
  const firstBlocks = (list: number, cards: number): readonly BlockRow[] =>
    begin.all(list, Math.ceil(cards / MAX_CARDS));
  return {
    value(list: number, token: Uint8Array) {
      const row = around.get(list, token);
      return row && valueIn(row.cards, token);
    },
    some: (list: number, atLeast: number) => firstBlocks(list, atLeast).flatMap((row) => cardsIn(row.cards).map(asRow)),
    append: (list: number, rows: readonly HotlistRow[]) => put(list, blocksOf(rows)),
    put(list: number, row: HotlistRow) {
      const block = holding(list, row.token);
      if (block === undefined) put(list, blocksOf([row]));
      else change(list, block, withCard(block.cards, row));
    },
    remove(list: number, { token }: HotlistRow) {
      const block = around.get(list, token);
      if (block !== undefined) change(list, block, withoutCard(block.cards, token));
    },
    drop(list: number, atLeast: number) {
      const last = firstBlocks(list, atLeast).at(-1);
      if (last !== undefined) eraseTo.run(list, last.first);
      return begin.get(list, 1) !== undefined;
    },
    walk(list: number, visit: (row: HotlistRow) => void) {
      let whole = true;
      let end: Uint8Array | undefined;
      for (const { first, cards } of all.iterate(list)) {
        whole &&= isWhole(cards, first) && (end === undefined || Buffer.compare(end, first) < 0);
        for (const card of cardsIn(cards)) {
          visit(asRow(card));
          end = card.token;
        }
      }
      return whole;
    },
    listAfter: (list: number) => next.get(list)?.list ?? undefined,
  };
}

const asRow = (card: { readonly token: Uint8Array; readonly value: number }): HotlistRow => ({ ...card, debt: '' });

function debtRows(db: Database) {
  const columns = 'token, debt, value';
  const value = db.prepare<{ value: number }>(
    'select value from hotlist_debts where list = ? and token = ? and debt = ?',
  );
  const of = db.prepare<HotlistRow>(`select ${columns} from hotlist_debts where list = ? and token = ?`);
  const some = db.prepare<HotlistRow>(
    `select ${columns} from hotlist_debts where list = ? order by token, debt limit ?`,
  );
  const all = db.prepare<HotlistRow>(`select ${columns} from hotlist_debts where list = ?`);
  const insert = db.prepare('insert or replace into hotlist_debts (list, token, debt, value) values (?, ?, ?, ?)');
  const erase = db.prepare('delete from hotlist_debts where list = ? and token = ? and debt = ?');
  const eraseTo = db.prepare('delete from hotlist_debts where list = ? and (token, debt) <= (?, ?)');
  const next = db.prepare<{ list: number | null }>('select min(list) as list from hotlist_debts where list > ?');
  return {
    value: (list: number, token: Uint8Array, debt: string) => value.get(list, token, debt)?.value,
    of: (list: number, token: Uint8Array) => of.all(list, token),
    some: (list: number, atLeast: number) => some.all(list, atLeast),
    put(list: number, { token, debt, value: owed }: HotlistRow) {
      insert.run(list, token, debt, owed);
    },
    remove(list: number, { token, debt }: HotlistRow) {
      erase.run(list, token, debt);
    },
    drop(list: number, atLeast: number) {
      const last = some.all(list, atLeast).at(-1);
      if (last !== undefined) eraseTo.run(list, last.token, last.debt);
      return some.get(list, 1) !== undefined;
    },
    walk(list: number, visit: (row: HotlistRow) => void) {
      for (const row of all.iterate(list)) visit(row);
    },
    listAfter: (list: number) => next.get(list)?.list ?? undefined,
  };
}
