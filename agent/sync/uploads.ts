import type { Logger } from 'pino';
import { acknowledgement } from '../../clearing/contract/index.ts';
import type { Identity, Queue, StoredBatch } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import type { Random } from '../random.ts';
import { faultOfAcknowledgement } from './acknowledgement.ts';
import { batchRequest } from './batch-request.ts';
import type { ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';
import type { Sealer } from './sealer.ts';

export interface UploadParts {
  readonly queue: Pick<Queue, 'batches' | 'records'>;
  readonly identity: () => Identity | undefined;
  readonly sealer: Sealer;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly timeoutMs: number;
  /** A batch has changed its state. */
  readonly changed: () => void;
}

/** Seals what is due and sends every batch that the host does not hold yet, in sequence order. */
export async function uploadRound(parts: UploadParts, signal: AbortSignal): Promise<Round> {
  const nextMs = parts.sealer.sealDue();
  const me = parts.identity();
  if (me === undefined) return { kind: 'done' };
  for (const batch of parts.queue.batches.toUpload()) {
    const failed = await upload(batch, me, parts, signal);
    // The host takes batches in order: the next one would be a gap.
    if (failed) return failed;
  }
  return { kind: 'done', nextMs };
}

async function upload(
  batch: StoredBatch,
  me: Identity,
  parts: UploadParts,
  signal: AbortSignal,
): Promise<Round | undefined> {
  const { queue, client, clock, log, timeoutMs } = parts;
  const { id } = batch;
  const body = batchRequest(batch, me, queue, parts.random);
  if (batch.state === 'sealed') queue.batches.submitted(id, utc(clock.now()));
  const path = '/v1/batches';
  const answer = await client.send({ method: 'POST', path, key: id, body, answer: acknowledgement, timeoutMs, signal });
  if (answer.kind === 'failed') return failedRound(answer);
  if (answer.kind === 'refused') {
    const { status, code, detail } = answer;
    log.error({ batch: id, status, code, detail }, 'the host refuses a batch; it stays here until somebody mends it');
    return { kind: 'failed' };
  }
  const fault = faultOfAcknowledgement(answer.value, batch, me);
  if (fault !== undefined) {
    log.error({ batch: id, fault }, 'an acknowledgement does not hold; the batch is sent again');
    return { kind: 'failed' };
  }
  const { verdicts } = answer.value;
  queue.batches.accepted(id, { document: answer.value, verdicts }, utc(clock.now()));
  const disputed = verdicts.filter(({ verdict }) => verdict === 'disputed').length;
  log.info({ batch: id, records: batch.count, disputed }, 'batch acknowledged');
  parts.changed();
  return undefined;
}
