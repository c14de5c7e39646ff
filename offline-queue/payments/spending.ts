import { isApprovedOffline, type Record } from '../../clearing/contract/record/index.ts';
import type { Database } from '../database/database.ts';
import type { Spending, SpendingStore } from '../interface/queue.ts';
import { isReadable, type RecordRows } from '../records/record-rows.ts';
import type { SpendingRow, Tables } from '../rows/tables.ts';
import { IS_COUNT, type Tagged } from '../rows/tagged-table.ts';

type Counted = Pick<Record, 'kind' | 'outcome' | 'offline' | 'amountMinor' | 'at' | 'card'>;

/** Days that are kept, by their rows and not by the calendar: a clock that leaps ahead makes nothing be forgotten. */
const KEPT_DAYS = 7;
/** How far ahead of its day a clock may have been that is believed to have been set back; and how far back a card's last payment is looked for. */
const WEEK_MS = 7 * 86_400_000;

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
  /** Days that have a row, newest first, down to this one. */
  daysFrom(day: string): readonly string[];
  count(record: Counted): void;
  trip(breaker: 'card' | 'terminal', record: Counted): void;
}

export function spendingRows(db: Database, { spendings }: Pick<Tables, 'spendings'>): SpendingRows {
  const daysDown = db.prepare<Pick<SpendingRow, 'name'>>(
    `select name from spendings where name between ? and '${CARD}' order by name desc`,
  );
  const daysBefore = db.prepare<Tagged<SpendingRow>>('select * from spendings where name < ? and cards > 0');
  const cardsOf = "from spendings where name between ? and ? || 'g'";
  const changesOfCards = db.prepare<{ changes: number }>(`select sum(changes) as changes ${cardsOf} and ${IS_COUNT}`);
  const forgetCards = db.prepare(`delete ${cardsOf}`);
  const daysFrom = (day: string): readonly string[] => daysDown.all(day).map(({ name }) => name);

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
  const forget = (but: string): void => {
    const oldest = daysFrom('')[KEPT_DAYS - 1];
    // The clock may be far behind: the day of the newest record stays.
    if (oldest === undefined || but < oldest) return;
    // The days themselves stay, with nothing: a day that is put back, or left out, shows.
    for (const row of daysBefore.all(oldest)) {
      const cards = cardName(row.name, '');
      const { changes = 0 } = changesOfCards.get(cards, cards) ?? {};
      forgetCards.run(cards, cards);
      spendings.update(row, { count: 0, sum_minor: 0, cards: 0 }, changes);
    }
  };
  const count = (record: Counted): void => {
    const { at, card, amountMinor: sum_minor } = record;
    const day = dayOf(record);
    const spent = card !== undefined && isApprovedOffline(record) ? { count: 1, sum_minor } : {};
    const isNewCard = card !== undefined && isApprovedOffline(record) && change(cardName(day, card.token), at, spent);
    if (change(day, at, { ...spent, cards: isNewCard ? 1 : 0 })) forget(day);
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
  return { row: (name) => spendings.get(name), holds: (row) => spendings.holds(row), daysFrom, count, trip };
}

const laterOf = (a: string, b: string): string => (Date.parse(b) > Date.parse(a) ? b : a);

const NOTHING: Spending = { count: 0, sumMinor: 0, tripped: false };

export function spendingStore({ row: rowOf, holds, daysFrom }: SpendingRows): SpendingStore {
  const on = (name: string): Spending => {
    const row = rowOf(name);
    if (row === undefined) return NOTHING;
    const { count, sum_minor: sumMinor, latest_at: latestAt, tripped_at } = row;
    return { count, sumMinor, latestAt, tripped: tripped_at !== null || !holds(row) };
  };
  /** From a day on to a week ahead of another, newest first. */
  const daysAbout = (first: string, day: string): readonly string[] =>
    daysFrom(first).filter((one) => Date.parse(one) <= Date.parse(day) + WEEK_MS);
  const from = (day: string, nameOf: (day: string) => string): Spending => {
    return daysAbout(day, day)
      .map((one) => on(nameOf(one)))
      .reduce(together, NOTHING);
  };
  return {
    ofTerminal: (day) => from(day, (one) => one),
    ofCard: (day, token) => from(day, (one) => cardName(one, token)),
    lastOf(day, token) {
      const weekBefore = new Date(Date.parse(day) - WEEK_MS).toISOString().slice(0, day.length);
      const rows = daysAbout(weekBefore, day).map((one) => on(cardName(one, token)));
      // A row of a refusal alone has its breaker and no payment.
      return rows.find(({ count }) => count > 0)?.latestAt;
    },
  };
}

/** @param newer of a later day */
const together = (newer: Spending, older: Spending): Spending => ({
  ...older,
  ...newer,
  count: newer.count + older.count,
  sumMinor: newer.sumMinor + older.sumMinor,
  tripped: newer.tripped || older.tripped,
});

const PAGE = 500;

/** Counts the records of the last days, where nothing has been counted yet: a queue of an earlier version. */
export function countAnew(db: Database, spending: SpendingRows, records: RecordRows): void {
  if (spending.daysFrom('').length > 0) return;
  db.transaction(() => {
    const days = new Set<string>();
    let below = Number.MAX_SAFE_INTEGER;
    for (let rows = records.newest(below, PAGE); rows.length > 0; rows = records.newest(below, PAGE)) {
      for (const { record } of rows.filter(isReadable)) {
        if (days.add(dayOf(record)).size > KEPT_DAYS) return;
        spending.count(record);
      }
      below = rows.at(-1)?.place ?? 0;
    }
  });
}
