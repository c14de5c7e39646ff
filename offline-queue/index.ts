export { QueueError } from './database/errors.ts';
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
  RecordPage,
  SlipCopy,
  SlipNote,
  StoredBatch,
  StoredClose,
  StoredIntent,
  StoredPayment,
  StoredRecord,
  StoredReversal,
  UploadRow,
  Verification,
} from './interface/queue.ts';
export { loadMasterKey } from './keys/key-store.ts';
export type { MasterKey } from './keys/master-key.ts';
export { type KeyPlace, openKeyStore } from './keys/open-key-store.ts';
export { openQueue, openQueueReadOnly } from './open.ts';
export { retireQueue } from './retire.ts';
