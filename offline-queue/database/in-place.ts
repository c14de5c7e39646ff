import { statSync } from 'node:fs';
import { fileError } from './errors.ts';

/** The queue, its log, and the lock that keeps a second agent away. */
const SUFFIXES = ['', '-wal', '.lock'];

/** A look takes some 10 µs, a tenth of a commit on a quick disk; between two sales much more time passes than this. */
export const LOOK_EVERY_MS = 5;

/**
 * A file that was deleted or replaced stays open, and takes what is written, for nobody who comes later: neither SQLite nor the disk
 * says a word. Tells the name of the first that is no longer the file that it was when this was called. It looks every LOOK_EVERY_MS
 * at most. Throws QueueError `io-error` when the disk does not say.
 */
export function watchInPlace(databasePath: string): () => string | undefined {
  const files = SUFFIXES.map((suffix) => ({
    path: `${databasePath}${suffix}`,
    was: whichFile(`${databasePath}${suffix}`),
  }));
  let lookedAt = 0;
  return () => {
    const now = performance.now();
    if (now - lookedAt < LOOK_EVERY_MS) return undefined;
    const moved = files.find(({ path, was }) => whichFile(path) !== was)?.path;
    if (moved === undefined) lookedAt = now;
    return moved;
  };
}

function whichFile(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && `${found.dev} ${found.ino}`;
  } catch (error) {
    throw fileError('io-error', path, error);
  }
}
