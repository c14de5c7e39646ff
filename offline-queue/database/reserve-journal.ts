import { closeSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';

const PAGE_BYTES = 4_096;
const FRAME_BYTES = PAGE_BYTES + 24;
/** SQLite begins the journal anew once it holds 1,000 pages; the commit that reaches them may have some more. */
const FRAMES = 1_100;
const ROOM_BYTES = FRAMES * FRAME_BYTES;
/** What is written at once lies in one piece of Linux's page cache, and each fsync looks through all of a piece: 30 µs for 2 MB. */
const PART_BYTES = 65_536;
/**
 * No page of SQLite is full of it. Zeros would be one: an erased page is. If the write of such a page failed, the end of a commit
 * that was refused would stand in the journal all the same.
 */
const FILLER = 0xff;

/**
 * Gives an emptied journal (WAL) its room on the disk; to SQLite it still is a journal without a page. A commit then
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
  const part = Buffer.alloc(PART_BYTES, FILLER);
  // Until the disk has emptied it, parts could lie over the end of the pages that were there: what is left of them would be read
  // as the newest, and undo what came after.
  fsyncSync(file);
  try {
    for (let at = 0; at < ROOM_BYTES; ) at += writeSync(file, part, 0, Math.min(PART_BYTES, ROOM_BYTES - at), at);
    fsyncSync(file);
  } catch {
    ftruncateSync(file, 0);
  }
}
