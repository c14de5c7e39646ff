export { QueueError } from './errors.ts';
export { loadMasterKey } from './key-store.ts';
export { openQueue, openQueueReadOnly } from './open.ts';
export { type KeyPlace, openKeyStore } from './open-key-store.ts';
export type {
  Backlog,
  BatchState,
  CommitOutcome,
  Identity,
  PaymentDetail,
  Queue,
  ReadOnlyQueue,
  StoredBatch,
  StoredIntent,
  StoredPayment,
  StoredRecord,
  StoredReversal,
  Verification,
} from './queue.ts';
