import type { Database } from './database.ts';

/** Tables whose rows are numbered without gaps; `verify` counts them. */
export const NUMBERED_TABLES = ['payments', 'reversals', 'batches', 'archives', 'closes'] as const;
type NumberedTable = (typeof NUMBERED_TABLES)[number];

/**
 * The number of a table's next row: one more than any that it ever gave, so that a row deleted by another hand leaves a gap.
 * Within the transaction that inserts the row.
 */
export function nextNumber(db: Database, table: NumberedTable): () => number {
  const given = db.prepare<{ seq: number }>(`select seq from sqlite_sequence where name = '${table}'`);
  const last = db.prepare<{ number: number }>(`select number from ${table} order by number desc limit 1`);
  // As SQLite counts: that another hand has deleted what was given does not stop payments.
  return () => {
    db.moveEnd();
    return Math.max(given.get()?.seq ?? 0, last.get()?.number ?? 0) + 1;
  };
}
