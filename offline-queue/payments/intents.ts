import { ok as assert } from 'node:assert/strict';
import type { Database } from '../database/database.ts';
import { epochOf, sequenceOf } from '../database/place.ts';
import type { IntentStore, StoredIntent } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';
import type { IntentRow, PaymentRow, Tables } from '../rows/tables.ts';
import type { Tagged } from '../rows/tagged-table.ts';
import type { PaymentRows } from './payments.ts';

/** Sealed under this name and the payment's id. */
export const INTENTS = 'intents';

type PendingRow = Pick<PaymentRow, 'id' | 'record_place'> & IntentRow & { readonly state: 'open' | 'undecided' };

/** Intents that are not closed; a closed one is deleted, its content overwritten (secure_delete). */
export function intentStore(
  db: Database,
  { intents, payments }: Tables,
  rows: PaymentRows,
  sealing: Sealing,
): IntentStore {
  const pending = db.prepare<PendingRow>(
    `select p.id, p.record_place, p.intent as state, i.payment, i.saved_at, i.sealed
     from intents i join payments p on p.number = i.payment
     order by p.intent = 'open' desc, i.payment`,
  );
  return {
    save({ paymentId, content, at }) {
      db.transaction(() => {
        const payment = rows.row(paymentId);
        assert(payment.final === 0, `payment ${paymentId} has ended`);
        const row = { payment: payment.number, saved_at: at, sealed: sealing.seal(INTENTS, paymentId, content) };
        const before = intents.get(payment.number);
        if (before === undefined) intents.insert(row);
        else intents.update(before, row);
        if (payment.intent !== 'open') payments.update(payment, { intent: 'open' });
      });
    },
    pending: () => pending.all().map((row) => storedIntent(row, sealing)),
  };
}

function storedIntent(row: PendingRow, sealing: Sealing): StoredIntent {
  const place = row.state === 'undecided' ? row.record_place : null;
  return {
    paymentId: row.id,
    state: row.state,
    // Nothing, when it no longer opens: whoever reads it finds no evidence, and the payment goes on without.
    content: sealing.open(INTENTS, row.id, row.sealed) ?? new Uint8Array(),
    savedAt: row.saved_at,
    ...(place !== null && { recordSequence: sequenceOf(place), recordEpoch: epochOf(place) }),
  };
}

/**
 * Removes what was sealed for a payment; within the transaction of the outcome that closes the intent. Gives how often it was
 * written, for the row of the payment to carry.
 */
export function intentEraser(db: Database): (payment: Tagged<PaymentRow>) => number {
  const erase = db.prepare<Pick<Tagged<IntentRow>, 'changes'>>(
    'delete from intents where payment = ? returning changes',
  );
  return ({ number }) => erase.get(number)?.changes ?? 0;
}
