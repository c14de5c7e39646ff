import { closeSync, existsSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { fileError } from './errors.ts';

const PART_BYTES = 1_048_576;

/**
 * Writes the journal (WAL) that an earlier process has left over itself, and waits for the disk. When an fsync fails, Linux
 * keeps the pages and calls them clean: whoever reads them next, sees what no disk holds, and another fsync says that all is
 * well. Rows written behind such pages would be lost with them when the power goes. The bytes are the same, so that it does not
 * matter where a power cut stops it. The caller holds the lock of the one who writes.
 */
export function rewriteJournal(databasePath: string): void {
  const path = `${databasePath}-wal`;
  if (!existsSync(path)) return;
  try {
    const file = openSync(path, 'r+');
    try {
      rewrite(file);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError('io-error', path, error);
  }
}

function rewrite(file: number): void {
  const part = Buffer.allocUnsafe(PART_BYTES);
  for (let at = 0; ; ) {
    const length = readSync(file, part, 0, PART_BYTES, at);
    if (length === 0) return;
    for (let done = 0; done < length; ) done += writeSync(file, part, done, length - done, at + done);
    at += length;
  }
}
