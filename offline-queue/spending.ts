import { isApprovedOffline, type Record } from '../clearing/contract/record/index.ts';
import type { Database } from './database.ts';
import type { Spending, SpendingStore } from './queue.ts';
import { isReadable, type RecordRows } from './record-rows.ts';
import type { SpendingRow, Tables } from './tables.ts';
import type { Tagged } from './tagged-table.ts';

type Counted = Pick<Record, 'kind' | 'outcome' | 'offline' | 'amountMinor' | 'at' | 'card'>;

/** Days that are kept, the newest among them: nobody asks for more than the present one. */
const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

/** Before every name of a card's row, and after every day (a digit sorts before a letter). */
const CARD = 'card ';
const cardName = (day: string, token: string): string => `${CARD}${day} ${token}`;

/** The terminal's own day: a record says its time with the terminal's offset. */
export const dayOf = ({ at }: Pick<Record, 'at'>): string => at.slice(0, 'YYYY-MM-DD'.length);

/** The day that a card's row is of; undefined of a day's own. */
export const dayOfCardRow = ({ name }: Pick<SpendingRow, 'name'>): string | undefined =>
  name.startsWith(CARD) ? name.slice(CARD.length).split(' ')[0] : undefined;

/** What the other stores need of it. Changes are made within the transaction of their outcome. */
export interface SpendingRows {
  row(name: string): Tagged<SpendingRow> | undefined;
  holds(row: Tagged<SpendingRow>): boolean;
  newestDay(): string | undefined;
  count(record: Counted): void;
  trip(breaker: 'card' | 'terminal', record: Counted): void;
}

export function spendingRows(db: Database, { spendings }: Pick<Tables, 'spendings'>): SpendingRows {
  const newest = db.prepare<Pick<SpendingRow, 'name'>>(
    `select name from spendings where name < '${CARD}' order by name desc limit 1`,
  );
  const forgetDays = db.prepare('delete from spendings where name < ?');
  const forgetCards = db.prepare(`delete from spendings where name >= '${CARD}' and name < ?`);
  const newestDay = (): string | undefined => newest.get()?.name;

  const change = (
    name: string,
    at: string,
    by: Partial<Pick<SpendingRow, 'count' | 'sum_minor' | 'cards'>>,
  ): boolean => {
    const row = spendings.get(name);
    const { count = 0, sum_minor = 0, cards = 0 } = by;
    if (row === undefined) spendings.insert({ name, count, sum_minor, cards, latest_at: at, tripped_at: null });
    else {
      spendings.update(row, {
        count: row.count + count,
        sum_minor: row.sum_minor + sum_minor,
        cards: row.cards + cards,
        latest_at: laterOf(row.latest_at, at),
      });
    }
    return row === undefined;
  };
  const forget = (today: string): void => {
    const oldest = new Date(Date.parse(today) - (KEPT_DAYS - 1) * DAY_MS).toISOString().slice(0, today.length);
    forgetDays.run(oldest);
    forgetCards.run(`${CARD}${oldest}`);
  };
  const count = (record: Counted): void => {
    const { at, card, amountMinor: sum_minor } = record;
    const [day, before] = [dayOf(record), newestDay()];
    const spent = card !== undefined && isApprovedOffline(record) ? { count: 1, sum_minor } : {};
    const isNewCard = card !== undefined && isApprovedOffline(record) && change(cardName(day, card.token), at, spent);
    change(day, at, { ...spent, cards: isNewCard ? 1 : 0 });
    if (before !== undefined && day > before) forget(day);
  };
  const open = (name: string, at: string): void => {
    const row = spendings.get(name);
    if (row !== undefined && row.tripped_at === null) spendings.update(row, { tripped_at: at });
  };
  const trip: SpendingRows['trip'] = (breaker, record) => {
    const [day, { at, card }] = [dayOf(record), record];
    if (breaker === 'terminal') open(day, at);
    else if (card !== undefined) {
      // A single payment may be more than a card may spend on a day: then nothing is there yet.
      if (spendings.get(cardName(day, card.token)) === undefined) {
        change(cardName(day, card.token), at, {});
        change(day, at, { cards: 1 });
      }
      open(cardName(day, card.token), at);
    }
  };
  return { row: (name) => spendings.get(name), holds: (row) => spendings.holds(row), newestDay, count, trip };
}

const laterOf = (a: string, b: string): string => (Date.parse(b) > Date.parse(a) ? b : a);

const NOTHING: Spending = { count: 0, sumMinor: 0, tripped: false };

export function spendingStore({ row: rowOf, holds, newestDay }: SpendingRows): SpendingStore {
  const on = (name: string): Spending => {
    const row = rowOf(name);
    if (row === undefined) return NOTHING;
    const { count, sum_minor: sumMinor, latest_at: latestAt, tripped_at } = row;
    return { count, sumMinor, latestAt, tripped: tripped_at !== null || !holds(row) };
  };
  return { newestDay, ofTerminal: on, ofCard: (day, token) => on(cardName(day, token)) };
}

const PAGE = 500;

/** Counts the records of the last days, where nothing has been counted yet: a queue of an earlier version. */
export function countAnew(db: Database, spending: SpendingRows, records: RecordRows): void {
  if (spending.newestDay() !== undefined) return;
  db.transaction(() => {
    let below = Number.MAX_SAFE_INTEGER;
    for (let rows = records.newest(below, PAGE); rows.length > 0; rows = records.newest(below, PAGE)) {
      for (const { record } of rows.filter(isReadable)) {
        const newest = spending.newestDay();
        if (newest !== undefined && Date.parse(newest) - Date.parse(dayOf(record)) >= KEPT_DAYS * DAY_MS) return;
        spending.count(record);
      }
      below = rows.at(-1)?.place ?? 0;
    }
  });
}
