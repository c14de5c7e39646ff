import { toHex } from '../../emv/values/index.ts';
import type { Archives } from '../archive/index.ts';
import type { Database } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { isMarked, SCHEMA_OBJECTS, schemaObjects } from '../database/migrations.ts';
import type { Identities } from '../identity/identity.ts';
import type { Verification } from '../interface/queue.ts';
import { isSealedKey } from '../keys/data-keys.ts';
import { KEYS, keyRows } from '../keys/key-rows.ts';
import type { Sealing } from '../keys/sealing.ts';
import { allRecords, type RecordRows } from '../records/record-rows.ts';
import { type Broken, badRow, firstFault } from '../rows/faults.ts';
import type { Tables } from '../rows/tables.ts';
import { walkArchives } from './verify-archives.ts';
import { checkBatches } from './verify-batches.ts';
import { walkRecords } from './verify-records.ts';
import {
  checkCloses,
  checkHotlist,
  checkNumbers,
  checkPayments,
  checkSealedRows,
  checkSettings,
} from './verify-rows.ts';
import { checkSpendings } from './verify-spendings.ts';

interface Parts {
  readonly tables: Tables;
  readonly identities: Identities;
  readonly records: RecordRows;
  readonly archives: Archives;
  readonly sealing: Sealing;
  /** Reads what the centre has last acknowledged; what it gives holds that against the records. */
  readonly readHead: () => () => Broken | undefined;
  /** The same of the file that follows the end of the queue. */
  readonly readEnd: () => () => Broken | undefined;
  /** Are the keys still those that this queue was opened with? */
  readonly sameKeys: () => boolean;
}

/**
 * Checks every row of the queue at one moment. Records first, then what rests on them. Throws QueueError `busy` when an agent
 * beside this reader has begun to rotate its keys.
 */
export function verifier(db: Database, parts: Parts): () => Verification {
  return () => {
    // First: what an agent beside this reader has acknowledged meanwhile is not in the moment that is looked at.
    const [checkHead, checkEnd] = [parts.readHead(), parts.readEnd()];
    return db.snapshot(() => {
      // What is sealed under a key that came since would look as if another hand had changed it.
      if (!parts.sameKeys()) throw new QueueError('busy', 'its keys have just been rotated');
      return verify(db, parts, checkHead, checkEnd);
    });
  };
}

function verify(
  db: Database,
  { tables, identities, records, archives, sealing }: Parts,
  checkHead: () => Broken | undefined,
  checkEnd: () => Broken | undefined,
): Verification {
  const unsound = firstFault(
    () => checkFile(db),
    () => checkSchema(db),
    () => checkMarks(db),
    () => checkKeys(db, sealing),
    () => checkIdentities(identities),
  );
  if (unsound !== undefined) return unsound;

  const archived = walkArchives({ archives, tables, identities, sealing });
  if ('fault' in archived) return archived.fault;
  const result = walkRecords(allRecords(db), identities, sealing, { after: archived.walked });
  if ('fault' in result) return result.fault;
  const { walked } = result;

  const { fault, batches } = checkBatches({ table: tables.batches, identities, records, lastRecord: walked.last });
  const broken =
    fault ??
    firstFault(
      checkHead,
      () => checkPayments(tables, walked),
      () => checkNumbers(db),
      () => checkSealedRows(db, tables, sealing),
      () => checkCloses(tables),
      () => checkSettings(tables),
      () => checkHotlist(db, tables, sealing),
      () => checkSpendings(tables, records.newest(Number.MAX_SAFE_INTEGER, 1)[0]?.record),
      checkEnd,
    );
  if (broken !== undefined) return broken;
  const { files } = archived;
  const sound = { kind: 'sound', records: walked.records, batches, head: toHex(walked.head) } as const;
  return files === 0 ? sound : { ...sound, archives: files };
}

/** The file as such: pages, indexes, rows that others refer to. An index that lacks a row hides it from whoever looks for it there. */
function checkFile(db: Database): Broken | undefined {
  const check = (): string =>
    db.prepare<{ integrity_check: string }>('pragma integrity_check(1)').get()?.integrity_check ?? '';
  const found = check();
  // What the file has will be found again; what the disk once failed to read may not.
  if (found !== 'ok' && check() === 'ok') throw new QueueError('io-error', found);
  if (found !== 'ok') return badRow('unreadable', `The file is damaged or cannot be read: ${found}`);
  const [orphan] = db.prepare<{ table: string }>('pragma foreign_key_check').all();
  return orphan && badRow('missing', `A row of ${orphan.table} has lost its payment`);
}

/** A trigger, a view in place of a table, or an index that is gone: rows would be others than were written, or not be found. */
function checkSchema(db: Database): Broken | undefined {
  const here = db.prepare<{ object: string; made: string }>(SCHEMA_OBJECTS).all();
  const right = schemaObjects();
  const lacking = (from: typeof right, of: typeof right) =>
    from.find(({ made }) => !of.some((one) => one.made === made));
  const changed = lacking(here, right) ?? lacking(right, here);
  return changed && badRow('changed', `The schema of the queue has been changed (${changed.object})`);
}

/** The numbers in the file's header: nothing rests on them, but that nobody has a reason to change them. */
function checkMarks(db: Database): Broken | undefined {
  const number = (name: string): unknown => db.prepare<{ [name: string]: unknown }>(`pragma ${name}`).get()?.[name];
  if (isMarked(number('application_id'), number('user_version'))) return undefined;
  const what = 'application_id or user_version of the file has been changed by another program';
  return badRow('changed', `${what}; the agent puts them back when it is started again`);
}

function checkKeys(db: Database, sealing: Sealing): Broken | undefined {
  // What the master key has wrapped opened, or nothing would be open now.
  const sealed = keyRows(db).all().filter(isSealedKey);
  const bad = sealed.find((row) => sealing.open(KEYS, row.name, row.sealed) === undefined);
  return bad && badRow('changed', `The key ${bad.name} has been changed`);
}

function checkIdentities(identities: Identities): Broken | undefined {
  const bad = identities.epochs().find((epoch) => identities.of(epoch) === undefined);
  return bad === undefined ? undefined : badRow('changed', `The identity of epoch ${bad} has been changed`);
}
