import { ok as assert } from 'node:assert/strict';
import type { Record, RecordDraft } from '../../clearing/contract/record/index.ts';
import type { Database } from '../database/database.ts';
import { readJson } from '../database/json.ts';
import { type Place, placeOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import type { CommitOutcome, Identity, PaymentDetail, Queue } from '../interface/queue.ts';
import { assertCardMatches, type RecordRows } from '../records/record-rows.ts';
import type { PaymentRow, Tables } from '../rows/tables.ts';
import { intentEraser } from './intents.ts';
import type { PaymentRows } from './payments.ts';
import type { ReversalRows } from './reversals.ts';
import type { SpendingRows } from './spending.ts';

interface Parts {
  readonly identities: Identities;
  readonly payments: PaymentRows;
  readonly records: RecordRows;
  readonly reversals: ReversalRows;
  readonly spending: SpendingRows;
  /** Called once the record is durable. */
  readonly appended: (place: Place, record: Record) => void;
}

interface Appended {
  readonly place: Place;
  readonly record: Record;
}

/** Everything that an outcome changes, in one transaction (design 4.1, 4.3, 4.5, 4.9). */
export function outcomeCommitter(
  db: Database,
  { payments }: Pick<Tables, 'payments'>,
  parts: Parts,
): Queue['commitOutcome'] {
  const eraseIntent = intentEraser(db);

  return (outcome) => {
    const { payment, appended } = db.transaction(() => {
      const before = parts.payments.row(outcome.paymentId);
      const intent = intentAfter(before, outcome);
      const appended = outcome.record && append(before, outcome.record, parts);
      if (appended !== undefined) parts.spending.count(appended.record);
      if (outcome.breaker !== undefined) trip(outcome.breaker, appended, parts);
      const carried = intent === null && before.intent !== null ? eraseIntent(before) : 0;
      const { cancelReversal, amendReversal } = outcome;
      if (cancelReversal !== undefined) parts.reversals.cancel(cancelReversal, before, outcome.at);
      if (amendReversal !== undefined) parts.reversals.amend(amendReversal.id, before, amendReversal.content);
      const change = {
        state: outcome.state,
        final: outcome.final ? 1 : 0,
        detail: JSON.stringify(withSlips(outcome.detail, before)),
        intent,
        updated_at: outcome.at,
        ...(appended && { record_place: appended.place }),
      } as const;
      const row = payments.update(before, change, carried);
      // Read before it is committed: what throws after that would be taken for a refusal.
      return { payment: parts.payments.stored(row), appended };
    });
    if (appended !== undefined) parts.appended(appended.place, appended.record);
    return appended === undefined ? { payment } : { payment, record: appended.record };
  };
}

/** What is on paper stays there, whatever the payment becomes. */
function withSlips(detail: PaymentDetail, before: PaymentRow): PaymentDetail {
  const { slips } = readJson<PaymentDetail>(before.detail, {});
  return slips === undefined ? detail : { ...detail, slips };
}

function trip(breaker: 'card' | 'terminal', appended: Appended | undefined, { spending }: Parts): void {
  assert(appended?.record.outcome === 'declined', 'a breaker opens with the record of a refusal');
  spending.trip(breaker, appended.record);
}

/** What the payment's intent is after the outcome. */
function intentAfter(before: PaymentRow, { paymentId, final, intent, record }: CommitOutcome): PaymentRow['intent'] {
  // Only the card of an undecided payment can still change what is final.
  assert(before.final === 0 || before.intent === 'undecided', `payment ${paymentId} is final`);
  assert(before.final === 0 || final, `payment ${paymentId} cannot begin again`);
  if (intent === 'close') return null;
  if (intent === 'undecided') {
    assert(
      before.intent === 'open' && final && record?.draft.outcome === 'undecided',
      'undecided needs intent and record',
    );
    return 'undecided';
  }
  assert(
    !(final && before.intent === 'open'),
    `the intent of ${paymentId} is open and must be closed with the outcome`,
  );
  return before.intent;
}

function append(payment: PaymentRow, record: NonNullable<CommitOutcome['record']>, parts: Parts): Appended {
  const { draft, pan } = record;
  const identity = parts.identities.required();
  assert(draft.paymentId === payment.id, `the record is payment ${draft.paymentId}'s, not ${payment.id}'s`);
  assert(draft.kind === payment.kind, `the record is of a ${draft.kind}, the payment is a ${payment.kind}`);
  assert(draft.amountMinor === payment.amount_minor, 'the record has another amount than its payment');
  assert(draft.reference === payment.reference, 'the record has another reference than its payment');
  assert(draft.merchant === identity.merchant, 'the record is for another merchant than the present enrolment');
  assertCardMatches(identity, draft, pan);
  assertResolves(payment, draft, identity, parts.records);
  return parts.records.append(identity, draft, pan);
}

/** A sequence means something within its epoch only, so what it names must be of the present one. */
function assertResolves(payment: PaymentRow, draft: RecordDraft, { epoch }: Identity, records: RecordRows): void {
  const { resolvesSequence } = draft;
  if (resolvesSequence === undefined) return;
  const undecided = records.get(placeOf(epoch, resolvesSequence))?.record;
  const known = undecided === undefined || (undecided.outcome === 'undecided' && undecided.paymentId === payment.id);
  assert(
    payment.record_place === placeOf(epoch, resolvesSequence) && known,
    'the record settles no undecided one of its payment',
  );
}
