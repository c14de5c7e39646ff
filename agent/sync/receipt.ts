import type { Logger } from 'pino';
import type { BundleReceipt } from '../../clearing/contract/index.ts';
import { receiptBytes } from '../../clearing/contract/record/index.ts';
import type { Queue } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { faultOfAcknowledgement } from './acknowledgement.ts';
import { ifSound } from './if-sound.ts';
import { isSigned } from './signed.ts';
import type { Troubles } from './troubles.ts';

export interface ReceiptParts {
  readonly queue: Pick<Queue, 'batches' | 'reversals' | 'identity'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of a daemon, which lists what the host has refused over the network. */
  readonly troubles?: Pick<Troubles, 'settled'>;
}

/** What a receipt came to; `batches` and `reversals` count what was not acknowledged before. */
export type ReceiptTaken =
  | {
      readonly kind: 'taken';
      readonly batches: number;
      readonly reversals: number;
      readonly refused: BundleReceipt['refused'];
      /** Ids of batches whose acknowledgement does not hold; they are sent again. */
      readonly doubtful: readonly string[];
    }
  /** Nothing was changed. */
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'not-signed' };

/**
 * Takes in what the centre says of a bundle: each acknowledgement is held against its batch as if it had come over the
 * network, and what does not hold is left for the next contact.
 */
export function takeReceipt(receipt: BundleReceipt, { queue, clock, log, troubles }: ReceiptParts): ReceiptTaken {
  const me = queue.identity.get();
  if (me === undefined || receipt.terminal !== me.terminal || receipt.epoch !== me.epoch) return { kind: 'not-ours' };
  if (!isSigned(me.hostAcknowledgementKey, () => receiptBytes(receipt), receipt.signature))
    return { kind: 'not-signed' };
  const at = utc(clock.now());
  const due = queue.reversals.due().filter(({ id, attempts }) => attempts > 0 && receipt.reversals.includes(id));
  const done = due.filter(({ id }) => ifSound(() => queue.reversals.acknowledged(id, at)));
  for (const { id } of done) troubles?.settled('reversal-refused', id);
  let batches = 0;
  const doubtful: string[] = [];
  for (const { batchId, acknowledgement } of receipt.acknowledgements) {
    const batch = queue.batches.get(batchId);
    if (batch?.state !== 'submitted') continue;
    const { verdicts } = acknowledgement;
    const accepted = () => queue.batches.accepted(batchId, { document: acknowledgement, verdicts }, at);
    const fault = faultOfAcknowledgement(acknowledgement, batch, me) ?? (ifSound(accepted) ? undefined : 'changed-row');
    if (fault === undefined) {
      for (const code of ['batch-refused', 'acknowledgement-invalid'] as const) troubles?.settled(code, batchId);
      batches += 1;
    } else {
      doubtful.push(batchId);
      log.error({ batch: batchId, fault }, 'an acknowledgement of the receipt does not hold; the batch is sent again');
    }
  }
  for (const { kind, id, code, detail } of receipt.refused)
    log.error(
      { [kind]: id, code, detail },
      'the host refuses an item of the bundle; it stays here until somebody mends it',
    );
  log.info({ bundle: receipt.bundleId, batches, reversals: done.length }, 'receipt taken in');
  return { kind: 'taken', batches, reversals: done.length, refused: receipt.refused, doubtful };
}
