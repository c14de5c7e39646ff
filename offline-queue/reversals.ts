import { ok as assert } from 'node:assert/strict';
import type { Database } from './database.ts';
import { nextNumber } from './numbering.ts';
import type { PaymentRows } from './payments.ts';
import type { ReversalStore } from './queue.ts';
import type { Sealing } from './sealing.ts';
import type { PaymentRow, ReversalRow, Tables } from './tables.ts';
import type { Tagged } from './tagged-table.ts';

/** Sealed under this name and the reversal's id. */
export const REVERSALS = 'reversals';

/** What the other stores need of reversals. */
export interface ReversalRows {
  row(id: string): Tagged<ReversalRow>;
  /** Takes back a reversal because the answer it would undo is being committed; within that transaction. */
  cancel(id: string, payment: PaymentRow, at: string): void;
  /** Is any neither cancelled nor acknowledged? */
  anyPending(): boolean;
}

export function reversalRows(db: Database, { reversals }: Tables): ReversalRows {
  const byId = db.prepare<Tagged<ReversalRow>>('select * from reversals where id = ?');
  const one = db.prepare('select 1 from reversals where cancelled_at is null and acknowledged_at is null limit 1');
  const row = (id: string): Tagged<ReversalRow> => {
    const found = byId.get(id);
    assert(found !== undefined, `there is no reversal ${id}`);
    return found;
  };
  return {
    row,
    cancel(id, payment, at) {
      const found = row(id);
      assert(found.payment === payment.number, `reversal ${id} is another payment's`);
      // Once sent, the host may have taken the hold back: an approval can no longer rest on it.
      assert(found.attempts === 0 && found.acknowledged_at === null, `reversal ${id} has been sent`);
      reversals.update(found, { cancelled_at: at });
    },
    anyPending: () => one.get() !== undefined,
  };
}

export function reversalStore(
  db: Database,
  { payments, reversals }: Tables,
  rows: { readonly payments: PaymentRows; readonly reversals: ReversalRows },
  sealing: Sealing,
): ReversalStore {
  const next = nextNumber(db, 'reversals');
  const due = db.prepare<ReversalRow & { payment_id: string }>(
    `select r.*, p.id as payment_id from reversals r join payments p on p.number = r.payment
     where r.cancelled_at is null and r.acknowledged_at is null and p.final = 1 order by r.number`,
  );
  return {
    write({ id, paymentId, content, at }) {
      db.transaction(() => {
        const payment = rows.payments.row(paymentId);
        assert(payment.final === 0, `payment ${paymentId} has ended`);
        reversals.insert({
          number: next(),
          id,
          payment: payment.number,
          sealed: sealing.seal(REVERSALS, id, content),
          attempts: 0,
          created_at: at,
          attempted_at: null,
          cancelled_at: null,
          acknowledged_at: null,
        });
        payments.update(payment, { reversals: payment.reversals + 1 });
      });
    },
    due: () =>
      due.all().map((row) => ({
        id: row.id,
        paymentId: row.payment_id,
        content: sealing.open(REVERSALS, row.id, row.sealed) ?? new Uint8Array(),
        attempts: row.attempts,
        createdAt: row.created_at,
      })),
    attempted(id, at) {
      db.transaction(() => {
        const row = rows.reversals.row(id);
        const payment = rows.payments.byNumber(row.payment);
        assert(payment.final === 1 && row.cancelled_at === null, `reversal ${id} is not due`);
        reversals.update(row, { attempts: row.attempts + 1, attempted_at: at });
      });
    },
    acknowledged(id, at) {
      db.transaction(() => {
        const row = rows.reversals.row(id);
        assert(row.cancelled_at === null, `reversal ${id} was cancelled`);
        if (row.acknowledged_at === null) reversals.update(row, { acknowledged_at: at });
      });
    },
  };
}
