export { QueueError, type QueueErrorCode } from './errors.ts';
export { loadMasterKey } from './key-store.ts';
export { openQueue, openQueueReadOnly } from './open.ts';
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
  UnreadableRecord,
  Verdict,
  Verification,
} from './queue.ts';
