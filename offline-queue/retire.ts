import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openDatabase } from './database/database.ts';
import { QueueError } from './database/errors.ts';
import { takeWriterLock } from './database/writer-lock.ts';
import type { Random } from './keys/master-key.ts';
import { composeQueue, type OpenQueue } from './open.ts';

/**
 * Takes a queue out of service: its files move into a folder, nothing is deleted, and the agent begins with an empty queue.
 * Throws QueueError with nothing moved: `unacknowledged` while the centre has not acknowledged everything, `locked` while an
 * agent runs, `busy` while something else has the file open.
 * @param into made when it is not there; on the same disk
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
    requireAtRest(path, masterKey, random);
    mkdirSync(into, { recursive: true, mode: 0o700 });
    // What follows the queue's end first: beside the next queue it would name this one's records. The archive last: without its queue it means nothing, the queue without its archive would be broken.
    for (const file of [`${path}.head`, `${path}.tail`, path, `${path}-wal`, `${path}-shm`, `${path}.archive`]) {
      if (existsSync(file)) renameSync(file, join(into, basename(file)));
    }
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
