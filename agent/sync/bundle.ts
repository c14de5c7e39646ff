import type { Logger } from 'pino';
import {
  type BatchRequest,
  type BundleItem,
  batchRequest as batchRequestSchema,
  bundleLines,
  reversalRequest,
} from '../../clearing/contract/index.ts';
import { sm2Sign } from '../../emv/crypto/index.ts';
import type { Identity, Queue, StoredBatch } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { decodeReversal } from '../payment/reversal-content.ts';
import { type Random, uuid } from '../random.ts';
import { batchRequest } from './batch-request.ts';
import { ifSound } from './if-sound.ts';
import { sealUnlessMissing } from './seal-unless-missing.ts';
import type { Sealer } from './sealer.ts';

export interface BundleParts {
  readonly queue: Pick<Queue, 'batches' | 'records' | 'reversals' | 'identity'>;
  readonly sealer: Pick<Sealer, 'sealNow'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Everything that the centre does not hold, as lines of a bundle (docs/record.md §7); undefined while the terminal is not
 * enrolled. What is open is sealed first. From its line on an item counts as sent: a reversal can no longer be taken back,
 * and a batch waits for its acknowledgement, which comes with the receipt or at the next contact. One line is in memory at a
 * time.
 */
export function exportBundle(parts: BundleParts): Generator<string> | undefined {
  const { queue, sealer, clock, random, log } = parts;
  const me = queue.identity.get();
  if (me === undefined) return undefined;
  sealUnlessMissing(sealer.sealNow, (why) =>
    log.error({ why }, 'not everything can be sealed; what is sealed is exported'),
  );
  const head = { bundleId: uuid(random), terminal: me.terminal, epoch: me.epoch, madeAt: utc(clock.now()) };
  return bundleLines(head, items(me, parts), (bytes) => sm2Sign(me.signingKey, bytes));
}

/** Reversals first, then batches in sequence order: as they would be sent. */
function* items(me: Identity, { queue, clock, random, log }: BundleParts): Generator<BundleItem> {
  const at = utc(clock.now());
  for (const { id, paymentId, content } of queue.reversals.due()) {
    const reversal = decodeReversal(content);
    if (reversal === undefined) {
      log.error({ paymentId, reversal: id }, 'a reversal cannot be read; it stays due');
      continue;
    }
    if (!reversalRequest.safeParse(reversal).success) {
      log.error({ paymentId, reversal: id }, 'a reversal is not what the centre takes; it stays due');
      continue;
    }
    if (!ifSound(() => queue.reversals.attempted(id, at))) {
      log.error({ paymentId, reversal: id }, 'the row of a reversal is no longer as it was written; it stays due');
      continue;
    }
    yield { reversal };
  }
  for (const batch of queue.batches.toUpload()) {
    const request = takenAsItIs(batch, me, { queue, random, log });
    if (request === undefined) continue;
    if (batch.state === 'sealed') queue.batches.submitted(batch.id, at);
    yield { batch: request };
  }
}

/**
 * A batch that the centre's schema takes: one line that it does not would cost the whole bundle. Records that do not fit go as bytes
 * that nobody can read, to be parked there, as they do at an upload (design 4.7). Undefined: the batch stays here.
 */
function takenAsItIs(
  batch: StoredBatch,
  me: Identity,
  { log, ...source }: Pick<BundleParts, 'queue' | 'random' | 'log'>,
): BatchRequest | undefined {
  const misfits = misfitsIn(batchRequest(batch, me, source, new Set()), batch);
  if (misfits.length > 0)
    log.error({ batch: batch.id, records: misfits }, 'the centre cannot read some records; they go as mere bytes');
  const request = batchRequest(batch, me, source, new Set(misfits));
  if (batchRequestSchema.safeParse(request).success) return request;
  log.error(
    { batch: batch.id },
    'a batch is not what the centre takes; it stays here, and what follows it waits for it',
  );
  return undefined;
}

/** Sequences of the records that the schema refuses. */
function misfitsIn(request: BatchRequest, { firstSequence }: StoredBatch): readonly number[] {
  const issues = batchRequestSchema.safeParse(request).error?.issues ?? [];
  const places = issues.map(({ path: [list, place] }) => (list === 'records' ? place : undefined));
  return [...new Set(places.filter((place) => typeof place === 'number'))].map((place) => firstSequence + place);
}
