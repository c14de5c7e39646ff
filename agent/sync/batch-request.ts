import type { BatchRequest } from '../../clearing/contract/index.ts';
import type { SealContent } from '../../clearing/contract/record/index.ts';
import { drawSm2PrivateKey, type Sm2Sealer, sm2Sealer } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';
import type { Identity, Queue, StoredBatch, UploadRow } from '../../offline-queue/index.ts';
import type { Random } from '../random.ts';

export interface RecordSource {
  readonly queue: Pick<Queue, 'batches'>;
  readonly random: Random;
  /** Of whoever sends many batches: one key agreement for all of them. */
  readonly panSealer?: Sm2Sealer | undefined;
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

const IV_BYTES = 16;

/** A sealer under the host's key; undefined when what was pinned is no point of the curve. To be wiped. */
export function hostSealer({ hostSealingKey }: Identity, random: Random): Sm2Sealer | undefined {
  const ephemeral = drawSm2PrivateKey(random);
  try {
    return sm2Sealer(hostSealingKey, ephemeral);
  } finally {
    ephemeral.fill(0);
  }
}

/** Design 4.7: one bad record never blocks the rest; it goes up as it was found. One key agreement serves the whole batch. */
function batchRecords(id: string, me: Identity, source: RecordSource, asBytes: ReadonlySet<number>): BatchRecord[] {
  const { queue, random } = source;
  const sealer = source.panSealer ?? hostSealer(me, random);
  try {
    const rows = queue.batches.rowsToUpload(id);
    const ivs = random(rows.length * IV_BYTES);
    return rows.map((row, at) =>
      row.readable && !asBytes.has(row.sequence)
        ? readable(row, sealer, ivs.subarray(at * IV_BYTES, (at + 1) * IV_BYTES))
        : unreadable(row),
    );
  } finally {
    if (sealer !== source.panSealer) sealer?.wipe();
  }
}

const unreadable = ({ bytes, hash }: UploadRow): BatchRecord => ({ unreadable: toHex(bytes), chainHash: toHex(hash) });

/** Without a sealer the pinned key is no point of the curve: the host then disputes what it cannot attribute. */
function readable({ bytes, card }: UploadRow, sealer: Sm2Sealer | undefined, iv: Uint8Array): BatchRecord {
  const canonical = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  if (card?.number === undefined || sealer === undefined) return { canonical };
  const plaintext = Buffer.from(card.number.reveal(), 'latin1');
  const associatedData = Buffer.from(card.token, 'latin1');
  const sealedPan = toHex(sealer.seal({ plaintext, associatedData, iv }));
  plaintext.fill(0);
  return { canonical, sealedPan };
}
