import type { Database } from './database.ts';

/** Tables whose rows are numbered without gaps; `verify` counts them. */
export const NUMBERED_TABLES = ['payments', 'reversals', 'batches', 'archives', 'closes'] as const;
type NumberedTable = (typeof NUMBERED_TABLES)[number];

/** More than any terminal ever gives: a number beyond it is another hand's, and counts for nothing. */
export const MOST_NUMBERS = 2 ** 48;

/**
 * The number of a table's next row: one more than any that it ever gave, so that a row deleted by another hand leaves a gap.
 * Within the transaction that inserts the row. Whatever another hand has written there stops no payment, and no number is given
 * twice; where it has made less of what was given, the next number leaves a gap, so that `verify` goes on naming it.
 */
export function nextNumber(db: Database, table: NumberedTable): () => number {
  const given = db.prepare<{ seq: number | null }>(
    `select max(seq) as seq from sqlite_sequence
     where name = '${table}' and typeof(seq) = 'integer' and seq between 0 and ${MOST_NUMBERS}`,
  );
  const last = db.prepare<{ number: number }>(
    `select number from ${table} where number <= ${MOST_NUMBERS} order by number desc limit 1`,
  );
  const taken = db.prepare(`select 1 from ${table} where number = ?`);
  return () => {
    db.moveEnd();
    const [told, found] = [given.get()?.seq ?? 0, last.get()?.number ?? 0];
    let number = told < found ? found + 2 : told + 1;
    while (taken.get(number) !== undefined) number++;
    return number;
  };
}
