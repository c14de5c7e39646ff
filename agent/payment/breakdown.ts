import { setTimeout as delay } from 'node:timers/promises';
import { QueueError } from '../../offline-queue/index.ts';
import { commitEnding } from './commit.ts';
import { ownIntent } from './own-intent.ts';
import type { Reason } from './reason.ts';
import type { Sale, Tools } from './tools.ts';

const RETRY_MS = 1000;

/**
 * After something broke that nobody decided: a full disk, a fault of ours. With an intent open the card may have paid, so
 * the payment waits for the same card again; otherwise it has failed, and what the host may hold is reversed.
 * @returns whether the payment has ended
 */
export async function afterBreakdown(error: unknown, sale: Sale, tools: Tools): Promise<'again' | 'ended'> {
  sale.log.error({ err: error }, 'the payment broke down; with an open intent the same card finishes it');
  try {
    if (tools.queue.payments.get(sale.id)?.final) return 'ended';
    if (ownIntent(tools.queue, sale.id)) {
      // Until the queue takes it the register is told that the card is being read, and nobody would present it again.
      await insist(sale, tools, async () =>
        tools.book.move(sale.id, { state: 'present-again', detail: { reason: 'torn', debited: 'unknown' } }),
      );
      return 'again';
    }
  } catch (second) {
    sale.log.error({ err: second }, 'the queue cannot be used; the payment stays as it is on disk');
    return 'again';
  }
  await fail(sale, error instanceof QueueError ? 'storage-unavailable' : 'internal-error', tools);
  return 'ended';
}

/** Ends a payment of which nothing was charged as failed. */
export function fail(sale: Sale, reason: Reason, tools: Tools): Promise<void> {
  const detail = { reason, debited: 'none' } as const;
  return insist(sale, tools, () => commitEnding({ kind: 'ending', state: 'failed', detail }, sale, undefined, tools));
}

/** Commits what must not be lost: tried again until the disk takes it, or the agent ends. */
export async function insist(sale: Sale, tools: Tools, commit: () => Promise<void>): Promise<void> {
  while (!tools.stopping.aborted) {
    try {
      return await commit();
    } catch (error) {
      if (tools.queue.payments.get(sale.id)?.final) return;
      sale.log.error({ err: error }, 'the payment cannot be stored as it is now; trying again');
      await delay(RETRY_MS, undefined, { signal: tools.stopping }).catch(() => {});
    }
  }
}
