import { truncateSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { fileError, guarded, QueueError } from './errors.ts';
import { makeFile } from './make-file.ts';

/**
 * Keeps a second agent away from a queue while readers may come and go. A database of its own, held in an exclusive
 * transaction: the kernel drops the lock when the process ends, however it ends. Throws QueueError `locked`.
 */
export function takeWriterLock(queuePath: string): { release(): void } {
  const path = `${queuePath}.lock`;
  makeFile(path);
  empty(path);
  const lock = guarded(() => new BetterSqlite(path, { timeout: 0 }));
  try {
    guarded(() => lock.exec('begin exclusive'));
  } catch (error) {
    lock.close();
    throw error instanceof QueueError && error.code === 'busy' ? new QueueError('locked', queuePath) : error;
  }
  return { release: () => lock.close() };
}

/** Nothing is ever in it: what a disk or another hand has put there keeps no agent away. */
function empty(path: string): void {
  try {
    truncateSync(path);
  } catch (error) {
    throw fileError('cannot-open', path, error);
  }
}
