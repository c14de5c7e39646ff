export { QueueError } from './errors.ts';
export { loadMasterKey } from './key-store.ts';
export type { MasterKey } from './master-key.ts';
export { openQueue, openQueueReadOnly } from './open.ts';
export { type KeyPlace, openKeyStore } from './open-key-store.ts';
export type {
  ArrivingHotlist,
  Backlog,
  BatchState,
  CommitOutcome,
  FoundRecord,
  HotlistPart,
  Identity,
  PaymentDetail,
  Queue,
  ReadOnlyQueue,
  SlipCopy,
  SlipNote,
  Spending,
  StoredBatch,
  StoredClose,
  StoredIntent,
  StoredPayment,
  StoredRecord,
  StoredReversal,
  UploadRow,
  Verification,
} from './queue.ts';
export { retireQueue } from './retire.ts';
