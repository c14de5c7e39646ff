import { ok as assert } from 'node:assert/strict';
import type { SealContent } from '../../clearing/contract/record/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { type Database, plain } from '../database/database.ts';
import { readJson } from '../database/json.ts';
import { epochOf, type Place, sequenceOf } from '../database/place.ts';
import type { StoredBatch, StoredRecord } from '../interface/queue.ts';
import type { ReadableRow } from '../records/record-rows.ts';
import type { BatchRow } from '../rows/tables.ts';
import type { Tagged } from '../rows/tagged-table.ts';

/** What the other stores need of batches. */
export interface BatchRows {
  find(id: string): Tagged<BatchRow> | undefined;
  /** The row of a batch that is known to exist. */
  row(id: string): Tagged<BatchRow>;
  /** The batch that holds a place. */
  holding(place: Place): BatchRow | undefined;
  /** The one with the newest records. */
  last(): BatchRow | undefined;
  /** Sealed or submitted, in sequence order. */
  toUpload(limit?: number): readonly Tagged<BatchRow>[];
}

/** Of a place, the part that is its sequence. */
const SEQUENCES_MASK = 0xffff_ffff;

export function batchRows(db: Database): BatchRows {
  const byId = db.prepare<Tagged<BatchRow>>('select * from batches where id = ?');
  const around = db.prepare<BatchRow>('select * from batches where last_place >= ? order by last_place limit 1');
  // By its records, whatever another hand has made of numbers; one that ends beyond the epoch of the newest record counts for nothing.
  const last = db.prepare<BatchRow>(
    `select * from batches where last_place <= coalesce((select max(place) from records) | ${SEQUENCES_MASK}, last_place)
     order by last_place desc limit 1`,
  );
  const toUpload = db.prepare<Tagged<BatchRow>>(
    "select * from batches where state in ('sealed', 'submitted') order by number limit ?",
  );
  return {
    find: (id) => byId.get(id),
    row(id) {
      const row = byId.get(id);
      assert(row !== undefined, `there is no batch ${id}`);
      return row;
    },
    holding(place) {
      const row = around.get(place);
      return row !== undefined && row.first_place <= place ? row : undefined;
    },
    last: () => last.get(),
    // SQLite: a negative limit is none.
    toUpload: (limit = -1) => toUpload.all(limit),
  };
}

/** What the terminal signed over a batch. */
export function sealOf(row: BatchRow, terminal: string): SealContent {
  const { id, epoch, firstSequence, lastSequence, count, totalMinor, chainHead, merkleRoot } = storedBatch(row);
  return { terminal, epoch, batchId: id, firstSequence, lastSequence, count, totalMinor, chainHead, merkleRoot };
}

export function storedBatch(row: BatchRow): StoredBatch {
  return {
    id: row.id,
    state: row.state,
    epoch: epochOf(row.first_place),
    firstSequence: sequenceOf(row.first_place),
    lastSequence: sequenceOf(row.last_place),
    count: row.last_place - row.first_place + 1,
    totalMinor: row.total_minor,
    chainHead: toHex(row.chain_head),
    merkleRoot: toHex(row.merkle_root),
    signature: toHex(row.signature),
    sealedAt: row.sealed_at,
    ...(row.acknowledgement !== null && { acknowledgement: readJson<unknown>(row.acknowledgement, null) }),
    ...(row.settlement !== null && { settlement: readJson<unknown>(row.settlement, null) }),
    ...(row.settled_at !== null && { settledAt: row.settled_at }),
    ...(row.central_at !== null && { centralAcknowledgedAt: row.central_at }),
  };
}

/** Disputed records of a batch as they are kept: sequence and reason. */
export type Disputed = readonly (readonly [sequence: number, reason: string])[];

/** A record with what its batch says of it. */
export function describeRecord(batches: BatchRows): (row: ReadableRow) => StoredRecord {
  return ({ record, canonical, previousHash, hash, place }) => {
    const stored = { record, canonical: plain(canonical), previousHash: plain(previousHash), hash: plain(hash) };
    const batch = batches.holding(place);
    return batch === undefined ? stored : { ...stored, batchId: batch.id, ...verdictOn(record.sequence, batch) };
  };
}

function verdictOn(sequence: number, { disputed }: BatchRow): Pick<StoredRecord, 'verdict' | 'verdictReason'> {
  if (disputed === null) return {};
  const dispute = readJson<Disputed>(disputed, []).find((one) => Array.isArray(one) && one[0] === sequence);
  return dispute === undefined ? { verdict: 'accepted' } : { verdict: 'disputed', verdictReason: dispute[1] };
}
