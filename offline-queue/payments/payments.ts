import { ok as assert } from 'node:assert/strict';
import { type Page, pageOf } from '../database/cursor.ts';
import type { Database } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { readJson } from '../database/json.ts';
import { MOST_NUMBERS, nextNumber } from '../database/numbering.ts';
import { epochOf, sequenceOf } from '../database/place.ts';
import type { PaymentDetail, PaymentStore, StoredPayment } from '../interface/queue.ts';
import type { PaymentRow, Tables } from '../rows/tables.ts';
import type { Tagged } from '../rows/tagged-table.ts';

/** What the other stores need of payments. */
export interface PaymentRows {
  find(id: string): Tagged<PaymentRow> | undefined;
  /** The row of a payment that is known to exist. */
  row(id: string): Tagged<PaymentRow>;
  byNumber(number: number): Tagged<PaymentRow>;
  stored(row: PaymentRow): StoredPayment;
}

export function paymentRows(db: Database, { payments }: Tables): PaymentRows {
  const byId = db.prepare<Tagged<PaymentRow>>('select * from payments where id = ?');
  const batchOf = db.prepare<{ id: string; first_place: number }>(
    'select id, first_place from batches where last_place >= ? order by last_place limit 1',
  );
  return {
    find: (id) => byId.get(id),
    row(id) {
      const row = byId.get(id);
      assert(row !== undefined, `there is no payment ${id}`);
      return row;
    },
    byNumber(number) {
      const row = payments.get(number);
      // Another hand has given it a number that is none.
      if (row === undefined) throw new QueueError('bad-record', `payments ${number}`);
      return row;
    },
    stored(row) {
      const place = row.record_place;
      const batch = place === null ? undefined : batchOf.get(place);
      const batchId = batch !== undefined && place !== null && batch.first_place <= place ? batch.id : undefined;
      return storedPayment(row, batchId);
    },
  };
}

function storedPayment(row: PaymentRow, batchId: string | undefined): StoredPayment {
  const place = row.record_place;
  const record = place !== null && {
    record: { epoch: epochOf(place), sequence: sequenceOf(place), ...(batchId !== undefined && { batchId }) },
  };
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    amountMinor: row.amount_minor,
    reference: row.reference,
    final: row.final === 1,
    detail: readJson<PaymentDetail>(row.detail, {}),
    ...record,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function paymentStore(db: Database, { payments }: Tables, rows: PaymentRows): PaymentStore {
  const byKey = db.prepare<Tagged<PaymentRow>>('select * from payments where key = ?');
  const before = db.prepare<PaymentRow>('select * from payments where number < ? order by number desc limit ?');
  const latest = db.prepare<PaymentRow>(
    `select * from payments where number <= ${MOST_NUMBERS} order by number desc limit 1`,
  );
  const next = nextNumber(db, 'payments');

  return {
    register(request) {
      return db.transaction(() => {
        const known = byKey.get(request.key);
        if (known !== undefined) {
          const same = known.fingerprint === request.fingerprint;
          return same ? { kind: 'known', payment: rows.stored(known) } : { kind: 'key-reused' };
        }
        // Only the latest can be in progress, since this is where the next one begins.
        const current = latest.get();
        if (current?.final === 0) return { kind: 'busy', payment: rows.stored(current) };
        return { kind: 'registered', payment: rows.stored(payments.insert(newRow(next(), request))) };
      });
    },
    get(id) {
      const row = rows.find(id);
      return row && rows.stored(row);
    },
    list: (page): Page<StoredPayment> =>
      pageOf('payments', page, Number.MAX_SAFE_INTEGER, (after, count) => before.all(after, count), {
        number: (row) => row.number,
        item: (row) => rows.stored(row),
      }),
    unfinished() {
      const current = latest.get();
      return current?.final === 0 ? [rows.stored(current)] : [];
    },
    update(id, { state, detail, final = false, at }) {
      return db.transaction(() => {
        const row = rows.row(id);
        assert(row.final === 0, `payment ${id} is final; only an outcome can still change it`);
        assert(!(final && row.intent === 'open'), `payment ${id} cannot end while its intent is open`);
        const changed = { state, final: final ? 1 : 0, updated_at: at } as const;
        return rows.stored(payments.update(row, { ...changed, ...(detail && { detail: JSON.stringify(detail) }) }));
      });
    },
    noteSlip(id, copy, note) {
      return db.transaction(() => {
        const row = rows.find(id);
        if (row === undefined) return undefined;
        const detail = readJson<PaymentDetail>(row.detail, {});
        const slips = { ...detail.slips, [copy]: note };
        return rows.stored(payments.update(row, { detail: JSON.stringify({ ...detail, slips }) }));
      });
    },
  };
}

const newRow = (number: number, request: Parameters<PaymentStore['register']>[0]): PaymentRow => ({
  number,
  id: request.id,
  key: request.key,
  fingerprint: request.fingerprint,
  kind: request.kind,
  state: request.state,
  amount_minor: request.amountMinor,
  reference: request.reference,
  final: 0,
  detail: '{}',
  record_place: null,
  intent: null,
  reversals: 0,
  created_at: request.at,
  updated_at: request.at,
});
