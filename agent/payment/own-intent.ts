import type { Queue, StoredIntent } from '../../offline-queue/index.ts';

/** The open intent of a payment: its card may have paid, and only the same card can tell. */
export const ownIntent = (queue: Pick<Queue, 'intents'>, paymentId: string): StoredIntent | undefined =>
  queue.intents.pending().find((intent) => intent.paymentId === paymentId && intent.state === 'open');
