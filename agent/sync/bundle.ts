import type { Logger } from 'pino';
import { type BundleItem, bundleLines } from '../../clearing/contract/index.ts';
import { sm2Sign } from '../../emv/crypto/index.ts';
import type { Identity, Queue } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { decodeReversal } from '../payment/reversal-content.ts';
import { type Random, uuid } from '../random.ts';
import { batchRequest } from './batch-request.ts';
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
  const { queue, sealer, clock, random } = parts;
  const me = queue.identity.get();
  if (me === undefined) return undefined;
  sealer.sealNow();
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
    queue.reversals.attempted(id, at);
    yield { reversal };
  }
  for (const batch of queue.batches.toUpload()) {
    if (batch.state === 'sealed') queue.batches.submitted(batch.id, at);
    yield { batch: batchRequest(batch, me, { queue, random }, new Set()) };
  }
}
