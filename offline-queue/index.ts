export { QueueError } from './errors.ts';
export { loadMasterKey } from './key-store.ts';
export { openQueue, openQueueReadOnly } from './open.ts';
export type {
  Backlog,
  BatchState,
  CommitOutcome,
  FoundRecord,
  Identity,
  PaymentDetail,
  Queue,
  ReadOnlyQueue,
  StoredBatch,
  StoredClose,
  StoredIntent,
  StoredPayment,
  StoredRecord,
  StoredReversal,
  Verification,
} from './queue.ts';
export { retireQueue } from './retire.ts';
