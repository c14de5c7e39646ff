import { existsSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openDatabase, retiringFolder } from './database/database.ts';
import { QueueError } from './database/errors.ts';
import { makeFolder, syncFolder } from './database/make-file.ts';
import { takeWriterLock } from './database/writer-lock.ts';
import type { Random } from './keys/master-key.ts';
import { composeQueue, type OpenQueue } from './open.ts';

/** All that is of a queue, but its lock, which is held. */
const SUFFIXES = ['.head', '.tail', '', '-wal', '-shm', '.archive'];

/**
 * Takes a queue out of service: its files move into a folder, nothing is deleted, and the agent begins with an empty queue. One that
 * was cut short is finished: until then the queue opens for nobody (`retiring`). Throws QueueError with nothing moved: `unacknowledged` while the centre has not acknowledged everything, `locked` while an
 * agent runs, `busy` while something else has the file open.
 * @param into not there yet; on the same disk
 */
export function retireQueue({
  path,
  masterKey,
  random,
  into,
}: {
  readonly path: string;
  readonly masterKey: OpenQueue['masterKey'];
  readonly random: Random;
  readonly into: string;
}): void {
  const lock = takeWriterLock(path);
  try {
    const folder = retiringFolder(path);
    if (!existsSync(folder)) {
      requireAtRest(path, masterKey, random);
      makeFolder(folder);
    }
    for (const file of SUFFIXES.map((suffix) => `${path}${suffix}`))
      if (existsSync(file)) renameSync(file, join(folder, basename(file)));
    syncFolder(folder);
    makeFolder(dirname(into));
    renameSync(folder, into);
    syncFolder(dirname(into));
  } finally {
    lock.release();
  }
}

/** Everything is acknowledged, and all of it lies in the one file. */
function requireAtRest(path: string, masterKey: OpenQueue['masterKey'], random: Random): void {
  const db = openDatabase(path);
  const queue = composeQueue(db, masterKey, random, () => {});
  try {
    const pending = queue.pending();
    if (pending !== undefined) throw new QueueError('unacknowledged', pending);
    const [checkpoint] = db.prepare<{ busy: number }>('pragma wal_checkpoint(truncate)').all();
    if (checkpoint?.busy !== 0) throw new QueueError('busy', path);
  } finally {
    queue.close();
  }
}
