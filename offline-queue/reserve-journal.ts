import { closeSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';

const PAGE_BYTES = 4_096;
const FRAME_BYTES = PAGE_BYTES + 24;
/** SQLite begins the journal anew once it holds 1,000 pages; the commit that reaches them may have some more. */
const FRAMES = 1_100;

/**
 * Gives an emptied journal (WAL) its room on the disk, as zeros, which to SQLite are a journal without a page. A commit then
 * overwrites what is there; one that makes the file longer waits for the file system's own journal too, twice as long. Where the
 * disk has no room it is left as it was. The caller holds the lock of the one who writes, and reads nothing at the same time.
 */
export function reserveJournal(databasePath: string): void {
  const path = `${databasePath}-wal`;
  if (statSync(path, { throwIfNoEntry: false })?.size !== 0) return;
  try {
    const file = openSync(path, 'r+');
    try {
      fill(file);
    } finally {
      closeSync(file);
    }
  } catch {}
}

function fill(file: number): void {
  const zeros = Buffer.alloc(FRAMES * FRAME_BYTES);
  try {
    for (let at = 0; at < zeros.length; ) at += writeSync(file, zeros, at, zeros.length - at, at);
    fsyncSync(file);
  } catch {
    ftruncateSync(file, 0);
  }
}
