import { ok as assert } from 'node:assert/strict';
import type { Database } from '../database/database.ts';
import { nextNumber } from '../database/numbering.ts';
import type { ReversalStore, StoredReversal } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';
import type { PaymentRow, ReversalRow, Tables } from '../rows/tables.ts';
import type { Tagged } from '../rows/tagged-table.ts';
import type { PaymentRows } from './payments.ts';

/** Sealed under this name and the reversal's id. */
export const REVERSALS = 'reversals';

/** What the other stores need of reversals. */
export interface ReversalRows {
  row(id: string): Tagged<ReversalRow>;
  /** Takes back a reversal because the answer it would undo is being committed; within that transaction. */
  cancel(id: string, payment: PaymentRow, at: string): void;
  /** Seals another content for one that has never been sent; within the transaction of the outcome that knows more. */
  amend(id: string, payment: PaymentRow, content: Uint8Array): void;
  /** Is any neither cancelled nor acknowledged? */
  anyPending(): boolean;
}

export function reversalRows(db: Database, { reversals }: Tables, sealing: Sealing): ReversalRows {
  const byId = db.prepare<Tagged<ReversalRow>>('select * from reversals where id = ?');
  const one = db.prepare('select 1 from reversals where cancelled_at is null and acknowledged_at is null limit 1');
  const row = (id: string): Tagged<ReversalRow> => {
    const found = byId.get(id);
    assert(found !== undefined, `there is no reversal ${id}`);
    return found;
  };
  const unsent = (id: string, payment: PaymentRow): Tagged<ReversalRow> => {
    const found = row(id);
    assert(found.payment === payment.number, `reversal ${id} is another payment's`);
    // Once sent, the host may have taken the hold back: an approval can no longer rest on it, and it cannot be told otherwise.
    assert(found.attempts === 0 && found.acknowledged_at === null, `reversal ${id} has been sent`);
    return found;
  };
  return {
    row,
    cancel(id, payment, at) {
      reversals.update(unsent(id, payment), { cancelled_at: at });
    },
    amend(id, payment, content) {
      const found = unsent(id, payment);
      assert(found.cancelled_at === null, `reversal ${id} was cancelled`);
      reversals.update(found, { sealed: sealing.seal(REVERSALS, id, content) });
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
  type NamedRow = ReversalRow & { payment_id: string };
  const pending = (condition: string): string =>
    `select r.*, p.id as payment_id from reversals r join payments p on p.number = r.payment
     where r.cancelled_at is null and r.acknowledged_at is null and ${condition} order by r.number`;
  const due = db.prepare<NamedRow>(pending('p.final = 1'));
  const unsent = db.prepare<NamedRow>(pending('r.attempts = 0 and p.id = ?'));
  const done = db.prepare<Tagged<ReversalRow>>(
    'select * from reversals where cancelled_at is null and acknowledged_at is not null',
  );
  const stored = (row: NamedRow): StoredReversal => ({
    id: row.id,
    paymentId: row.payment_id,
    content: sealing.open(REVERSALS, row.id, row.sealed) ?? new Uint8Array(),
    attempts: row.attempts,
    createdAt: row.created_at,
  });
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
    due: () => due.all().map(stored),
    unsent: (paymentId) => unsent.all(paymentId).map(stored),
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
    dueAgain() {
      db.transaction(() => {
        // One that another hand has changed is left as it is, and keeps nobody else.
        for (const row of done.all()) if (reversals.holds(row)) reversals.update(row, { acknowledged_at: null });
      });
    },
  };
}
