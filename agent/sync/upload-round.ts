import type { BatchRequest } from '../../clearing/contract/index.ts';
import { type Sm2Sealer, type Sm2VerifyingKey, sm2VerifyingKey } from '../../emv/crypto/index.ts';
import type { Identity, StoredBatch } from '../../offline-queue/index.ts';
import { batchRequest, hostSealer, type RecordSource } from './batch-request.ts';

/** What one round of delivery remembers between its batches. */
export interface UploadRound {
  /** Ids of the batches that the host has had again in this round, once each. */
  readonly sentAgain: Set<string>;
  /** Sequence with which the batch begins that the host expects before the others. */
  wanted?: number;
  /** The body of a batch: the one that was made ahead, if it is this one's. */
  body(batch: StoredBatch, me: Identity): BatchRequest;
  /** Makes the body of the batch that comes next, while the host is busy with the one before. */
  prepare(batch: StoredBatch, me: Identity): void;
  /** The host's pinned key for acknowledgements, ready for use. */
  hostKey(me: Identity): Uint8Array | Sm2VerifyingKey;
  /** At the end of the round. */
  wipe(): void;
}

const NONE: ReadonlySet<number> = new Set();

export function uploadRound(source: Omit<RecordSource, 'panSealer'>): UploadRound {
  let ahead: { readonly id: string; readonly me: Identity; readonly body: BatchRequest } | undefined;
  let key: { readonly me: Identity; readonly ready: Uint8Array | Sm2VerifyingKey } | undefined;
  let sealer: { readonly me: Identity; readonly made: Sm2Sealer | undefined } | undefined;
  const make = (batch: StoredBatch, me: Identity): BatchRequest => {
    if (sealer?.me !== me) {
      sealer?.made?.wipe();
      sealer = { me, made: hostSealer(me, source.random) };
    }
    return batchRequest(batch, me, { ...source, panSealer: sealer.made }, NONE);
  };
  return {
    sentAgain: new Set(),
    body(batch, me) {
      const made = ahead?.id === batch.id && ahead.me === me ? ahead.body : undefined;
      ahead = undefined;
      return made ?? make(batch, me);
    },
    prepare(batch, me) {
      try {
        ahead = { id: batch.id, me, body: make(batch, me) };
      } catch {
        // It will be told of when it is this batch's turn.
        ahead = undefined;
      }
    },
    hostKey(me) {
      if (key?.me !== me) {
        key = { me, ready: sm2VerifyingKey(me.hostAcknowledgementKey) ?? me.hostAcknowledgementKey };
      }
      return key.ready;
    },
    wipe: () => sealer?.made?.wipe(),
  };
}
