import { ok as assert } from 'node:assert/strict';
import { sealContentBytes } from '../../clearing/contract/record/index.ts';
import type { Database } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { MOST_NUMBERS, nextNumber } from '../database/numbering.ts';
import { type Place, sequenceOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import type { BatchStore, Verdict } from '../interface/queue.ts';
import type { RecordRows } from '../records/record-rows.ts';
import type { BatchRow, Tables } from '../rows/tables.ts';
import { type BatchRows, type Disputed, sealOf, storedBatch } from './batch-rows.ts';
import { afterStep } from './batch-state.ts';
import { contentOf, unsealed } from './seal-batch.ts';

export interface BatchStepParts {
  readonly identities: Identities;
  readonly records: RecordRows;
  readonly batches: BatchRows;
  /** Called once the verdicts on a batch are durable. */
  readonly acknowledged: (first: Place, last: Place, document: string) => void;
}

/** What changes a batch: one step of its life each, in one transaction. */
export type BatchSteps = Pick<BatchStore, 'seal' | 'submitted' | 'accepted' | 'settled' | 'centrallyAcknowledged'>;

export function batchSteps(db: Database, { batches }: Pick<Tables, 'batches'>, parts: BatchStepParts): BatchSteps {
  const lastSettlement = db.prepare<{ number: number | null }>(
    `select max(settlement_number) as number from batches where settlement_number <= ${MOST_NUMBERS}`,
  );
  const next = nextNumber(db, 'batches');
  const rowOf = parts.batches.row;

  const submit = (id: string, at: string): void => {
    const row = rowOf(id);
    const state = afterStep(row.state, 'submit');
    if (state === 'submitted') batches.update(row, { state, submitted_at: at });
  };

  /** What another hand has made of the row of one batch keeps no other from being acknowledged: it is told when that one's turn comes. */
  const submitIfSound = (id: string, at: string): void => {
    try {
      submit(id, at);
    } catch (error) {
      if (!(error instanceof QueueError && error.code === 'bad-record')) throw error;
    }
  };

  return {
    seal(request) {
      return db.transaction(() => {
        const identity = parts.identities.required();
        const content = contentOf(unsealed(identity, parts.batches, parts.records, request.limit));
        if (content === undefined) return undefined;
        const { id, at: sealed_at, sign } = request;
        const row: BatchRow = { ...NEW, ...content, number: next(), id, sealed_at };
        const signature = sign(sealContentBytes(sealOf(row, identity.terminal)));
        assert(signature.length === 64, 'an SM2 signature is 64 bytes');
        return storedBatch(batches.insert({ ...row, signature }));
      });
    },
    submitted: (id, at) => db.transaction(() => submit(id, at)),
    accepted(id, { document, verdicts }, at, submits) {
      const accepted = db.transaction(() => {
        if (submits !== undefined) submitIfSound(submits, at);
        const row = rowOf(id);
        if (afterStep(row.state, 'accept') === undefined) return undefined;
        const disputed = JSON.stringify(disputes(row, verdicts));
        const acknowledgement = JSON.stringify(document);
        return batches.update(row, { state: 'accepted', accepted_at: at, acknowledgement, disputed });
      });
      if (accepted === undefined) return;
      parts.acknowledged(accepted.first_place, accepted.last_place, accepted.acknowledgement ?? '');
    },
    settled(id, { document }, at) {
      db.transaction(() => {
        const row = rowOf(id);
        if (afterStep(row.state, 'settle') === undefined) return;
        const settlement_number = (lastSettlement.get()?.number ?? 0) + 1;
        const settlement = JSON.stringify(document);
        batches.update(row, { state: 'settled', settled_at: at, settlement, settlement_number });
      });
    },
    centrallyAcknowledged(id, at) {
      db.transaction(() => {
        const row = rowOf(id);
        assert(row.state === 'settled', `batch ${id} is not settled`);
        if (row.central_at === null) batches.update(row, { central_at: at });
      });
    },
  };
}

const NEW = {
  state: 'sealed',
  signature: new Uint8Array(),
  submitted_at: null,
  accepted_at: null,
  acknowledgement: null,
  disputed: null,
  settlement_number: null,
  settled_at: null,
  settlement: null,
  central_at: null,
} as const;

/** Every record of the batch has one verdict, in sequence order; the disputed ones are kept beside the document. */
function disputes(row: BatchRow, verdicts: readonly Verdict[]): Disputed {
  const first = sequenceOf(row.first_place);
  const complete = verdicts.length === row.last_place - row.first_place + 1;
  assert(
    complete && verdicts.every(({ sequence }, at) => sequence === first + at),
    'a verdict is missing or misplaced',
  );
  return verdicts
    .filter(({ verdict }) => verdict === 'disputed')
    .map(({ sequence, reason }) => [sequence, reason ?? 'unknown']);
}
