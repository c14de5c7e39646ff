import type { BatchRequest } from '../../clearing/contract/index.ts';
import type { SealContent } from '../../clearing/contract/record/index.ts';
import { toHex } from '../../emv/values/index.ts';
import type { Identity, Queue, StoredBatch } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import type { Random } from '../random.ts';
import { sealPan } from './online-host.ts';

type Stores = Pick<Queue, 'batches' | 'records'>;

/** A sealed batch as it goes to the host, each PAN in an envelope of its own. */
export function batchRequest(batch: StoredBatch, me: Identity, queue: Stores, random: Random): BatchRequest {
  const { epoch, firstSequence, lastSequence, count, totalMinor, chainHead, merkleRoot, signature } = batch;
  const range = { batchId: batch.id, terminal: me.terminal, epoch, firstSequence, lastSequence };
  const seal: SealContent = { ...range, count, totalMinor, chainHead, merkleRoot };
  return { seal, signature, records: batchRecords(batch.id, me, queue, random) };
}

type BatchRecord = BatchRequest['records'][number];

/** Design 4.7: one bad record never blocks the rest; it goes up as it was found. */
function batchRecords(id: string, me: Identity, queue: Stores, random: Random): BatchRecord[] {
  const bySequence = new Map<number, BatchRecord>();
  for (const { sequence, bytes, hash } of queue.batches.unreadable(id)) {
    bySequence.set(sequence, { unreadable: toHex(bytes), chainHash: toHex(hash) });
  }
  for (const { record, canonical } of queue.batches.records(id)) {
    const pan = queue.records.pan(record.epoch, record.sequence);
    const sealedPan = pan && record.card && sealPan(pan, record.card.token, me.hostSealingKey, random);
    bySequence.set(record.sequence, present({ canonical: new TextDecoder().decode(canonical), sealedPan }));
  }
  return [...bySequence].sort(([a], [b]) => a - b).map(([, record]) => record);
}
