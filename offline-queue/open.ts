import type { Secret } from '../emv/values/index.ts';
import { archiveFolder, archiveStore, openArchives } from './archive/index.ts';
import { readBacklog } from './batches/backlog.ts';
import { batchRows, describeRecord } from './batches/batch-rows.ts';
import { batchSteps } from './batches/batch-steps.ts';
import { batchReader } from './batches/batches.ts';
import { closeStore } from './batches/closes.ts';
import { type Database, openDatabase, openDatabaseReadOnly } from './database/database.ts';
import type { QueueError } from './database/errors.ts';
import { requireFile } from './database/make-file.ts';
import type { Place } from './database/place.ts';
import { takeWriterLock } from './database/writer-lock.ts';
import { hotlistStore } from './hotlist/hotlist.ts';
import { identityStore, openIdentities } from './identity/identity.ts';
import { tlsStore } from './identity/tls-store.ts';
import type { Queue, ReadOnlyQueue } from './interface/queue.ts';
import { keyRotation } from './key-rotation.ts';
import { dataKeyRows, dataKeyWatch, openDataKeys } from './keys/data-keys.ts';
import { heldMasterKey, type MasterKey, type Random } from './keys/master-key.ts';
import { openSealing } from './keys/sealing.ts';
import { outcomeCommitter } from './payments/commit-outcome.ts';
import { intentStore } from './payments/intents.ts';
import { paymentRows, paymentStore } from './payments/payments.ts';
import { reversalRows, reversalStore } from './payments/reversals.ts';
import { countAnew, spendingRows, spendingStore } from './payments/spending.ts';
import { checkAcknowledgedHead, type HeadFile, headFile, keepHead, showsOlderCopy } from './proof/acknowledged-head.ts';
import { tail } from './proof/tail.ts';
import { type TailFile, tailFile } from './proof/tail-file.ts';
import { verifier } from './proof/verify.ts';
import { recordRows } from './records/record-rows.ts';
import { recordStore } from './records/records.ts';
import { firstFault } from './rows/faults.ts';
import { openTables } from './rows/tables.ts';

export interface OpenQueue {
  /** The database file; made when there is none, with `-wal`, `-shm` and `.lock` beside it. On a local disk. */
  readonly path: string;
  /** From `openKeyStore`, or 32 bytes that somebody else keeps. Asked at opening and when keys are rotated. */
  readonly masterKey: MasterKey | Secret | Uint8Array;
  /** That many bytes from a cryptographic source. */
  readonly random: Random;
  /**
   * Called once, with QueueError `sync-failed`, when the disk has failed to confirm a commit, or `moved`, when a file of the queue was
   * deleted or replaced. Nothing is written any more; the agent is to end and be started again: what the journal holds is then
   * written anew before it is relied on.
   */
  readonly onDistrusted?: (error: QueueError) => void;
  /** Begins no new queue where there is none: throws QueueError `cannot-open`, or `empty` where the file is. */
  readonly existing?: boolean;
}

/**
 * Opens the queue for the agent, the only one that may write. Throws QueueError: `locked` when another agent has it,
 * `newer-schema`, `wrong-key`, `cannot-open`, `not-durable`, `not-a-queue`, and what the key store says.
 */
export function openQueue({ path, masterKey, random, onDistrusted, existing = false }: OpenQueue): Queue {
  return closingOnFailure((opened) => {
    const lock = takeWriterLock(path);
    opened.push(lock.release);
    const db = openDatabase(path, { existing, ...(onDistrusted && { onDistrusted }) });
    opened.push(() => db.close());
    // What an earlier run has erased may still stand in its log.
    db.emptyLog();
    return composeQueue(db, masterKey, random, lock.release, beside(path));
  });
}

/** Opens the queue for reading, also while the agent runs. Throws QueueError as `openQueue`, `older-schema`, and `empty`. */
export function openQueueReadOnly({ path, masterKey }: Pick<OpenQueue, 'path' | 'masterKey'>): ReadOnlyQueue {
  return closingOnFailure((opened) => {
    const db = openDatabaseReadOnly(path);
    opened.push(() => db.close());
    return composeQueue(db, masterKey, undefined, () => {}, beside(path));
  });
}

/** The files beside the queue that tell when it was cut or is an older copy. */
export interface Beside {
  readonly head: HeadFile;
  readonly tail?: TailFile;
}

/** Throws QueueError `cannot-open` where a link or a pipe is in the place of one. */
export function beside(path: string): Beside {
  for (const one of ['head', 'tail']) requireFile(`${path}.${one}`);
  return { head: headFile(path), tail: tailFile(path) };
}

/** What was opened before something failed is closed again, last first. */
function closingOnFailure<T>(open: (opened: (() => void)[]) => T): T {
  const opened: (() => void)[] = [];
  try {
    return open(opened);
  } catch (error) {
    for (const close of opened.reverse()) quietly(close);
    throw error;
  }
}

/** What failed first is what is told. */
function quietly(close: () => void): void {
  try {
    close();
  } catch {}
}

/**
 * Puts the stores together over an open database.
 * @param random absent: for reading only
 */
export function composeQueue(
  db: Database,
  masterKey: OpenQueue['masterKey'],
  random: Random | undefined,
  released: () => void,
  { head: lastHead, tail: lastTail }: Partial<Beside> = {},
): Queue {
  const sameKeys = random === undefined ? dataKeyWatch(db) : () => true;
  const master = 'wrap' in masterKey ? masterKey : heldMasterKey(masterKey, random);
  const sealing = openSealing(db, openDataKeys(db, master, random), random);
  const tables = openTables(db, sealing);
  const identities = openIdentities(db, sealing);
  const folder = archiveFolder(`${db.path}.archive`);
  const archives = openArchives(db, folder);
  const records = recordRows(db, identities, sealing, archives);
  const batches = batchRows(db);
  const spending = spendingRows(db, tables);
  const rows = { payments: paymentRows(db, tables), reversals: reversalRows(db, tables, sealing), spending };
  // A writer counts along; a reader, beside whom another process writes, counts anew.
  const readAnew = () => readBacklog(batches, records, (row) => tables.batches.holds(row));
  const kept = random && readAnew();
  const backlog = () => (kept ?? readAnew()).summary();

  const end =
    lastTail && tail(db, { file: lastTail, tables, sealing, records, identities, keeping: random !== undefined });
  if (random) end?.follow();
  // Behind that: what is counted anew does not make up for what is missing.
  if (random) countAnew(db, spending, records);
  const headKeeper = lastHead && keepHead(lastHead, () => showsOlderCopy(readHead()()));
  const acknowledged = (first: Place, last: Place, document: string): void => {
    kept?.acknowledged(first, last);
    headKeeper?.acknowledged(document, batches.toUpload(1).length > 0);
  };
  const readHead = () => {
    const document = lastHead?.read();
    return () => checkAcknowledgedHead(document, identities, records);
  };
  const readEnd = () => end?.read() ?? (() => undefined);
  const enrolled = () => end?.beginAnew();

  const somethingPending = (): string | undefined => {
    if (backlog().records > 0) return `${backlog().records} records`;
    if (payments.unfinished().length > 0) return 'a payment in progress';
    return rows.reversals.anyPending() ? 'a reversal' : undefined;
  };
  const payments = paymentStore(db, tables, rows.payments);
  return {
    payments,
    intents: intentStore(db, tables, rows.payments, sealing),
    reversals: reversalStore(db, tables, rows, sealing),
    records: recordStore(records, identities, sealing, describeRecord(batches)),
    batches: {
      ...batchReader(db, batches, records, sealing),
      ...batchSteps(db, tables, { identities, records, batches, acknowledged }),
    },
    hotlist: hotlistStore(db, tables, sealing),
    identity: identityStore(db, tables, identities, { sealing, random, somethingPending, enrolled }),
    spending: spendingStore(spending),
    tls: tlsStore(db, sealing),
    archive: archiveStore(db, tables, { records, archives, folder }),
    closes: closeStore(db, tables, { records, archives }),
    commitOutcome: outcomeCommitter(db, tables, {
      ...rows,
      identities,
      records,
      appended: (place, record) => kept?.add(place, record),
    }),
    keys: keyRotation(db, tables, sealing, random && dataKeyRows(db, master, random), () => end?.renew()),
    backlog,
    pending: somethingPending,
    checkHead: () => firstFault(readHead(), () => end?.shown()),
    verify: verifier(db, { tables, identities, records, archives, sealing, readHead, readEnd, sameKeys }),
    close() {
      try {
        quietly(() => headKeeper?.write());
        quietly(() => end?.flush());
        db.close();
      } finally {
        lastTail?.close();
        sealing.wipe();
        identities.wipe();
        released();
      }
    },
  };
}
