import type { Database } from './database.ts';

/**
 * The number of a table's next row: one more than any that it ever gave, so that a row deleted by another hand leaves a gap.
 * Within the transaction that inserts the row.
 */
export function nextNumber(db: Database, table: 'payments' | 'reversals' | 'batches'): () => number {
  const last = db.prepare<{ seq: number }>(`select seq from sqlite_sequence where name = '${table}'`);
  return () => (last.get()?.seq ?? 0) + 1;
}
