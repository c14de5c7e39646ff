import type { BatchRequest } from '../../clearing/contract/index.ts';
import type { SealContent } from '../../clearing/contract/record/index.ts';
import { toHex } from '../../emv/values/index.ts';
import type { Identity, Queue, StoredBatch } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import type { Random } from '../random.ts';
import { sealPan } from './online-host.ts';

interface RecordSource {
  readonly queue: Pick<Queue, 'batches' | 'records'>;
  readonly random: Random;
}

/**
 * A batch as it goes up: what was sealed, each record with its PAN under the host's key.
 * @param asBytes sequences of records that go up as bytes that nobody can read, with the chain hash kept beside them
 */
export function batchRequest(
  batch: StoredBatch,
  me: Identity,
  source: RecordSource,
  asBytes: ReadonlySet<number>,
): BatchRequest {
  const { epoch, firstSequence, lastSequence, count, totalMinor, chainHead, merkleRoot, signature } = batch;
  const range = { batchId: batch.id, terminal: me.terminal, epoch, firstSequence, lastSequence };
  const seal: SealContent = { ...range, count, totalMinor, chainHead, merkleRoot };
  return { seal, signature, records: batchRecords(batch.id, me, source, asBytes) };
}

type BatchRecord = BatchRequest['records'][number];

const unreadable = (bytes: Uint8Array, hash: Uint8Array): BatchRecord => ({
  unreadable: toHex(bytes),
  chainHash: toHex(hash),
});

/** Design 4.7: one bad record never blocks the rest; it goes up as it was found. */
function batchRecords(
  id: string,
  me: Identity,
  { queue, random }: RecordSource,
  asBytes: ReadonlySet<number>,
): BatchRecord[] {
  const bySequence = new Map<number, BatchRecord>();
  for (const { sequence, bytes, hash } of queue.batches.unreadable(id)) {
    bySequence.set(sequence, unreadable(bytes, hash));
  }
  for (const { record, canonical, hash } of queue.batches.records(id)) {
    const pan = queue.records.pan(record.epoch, record.sequence);
    const sealedPan = pan && record.card && sealPan(pan, record.card.token, me.hostSealingKey, random);
    const readable = present({ canonical: new TextDecoder().decode(canonical), sealedPan });
    bySequence.set(record.sequence, asBytes.has(record.sequence) ? unreadable(canonical, hash) : readable);
  }
  return [...bySequence].sort(([a], [b]) => a - b).map(([, record]) => record);
}
