import { statSync } from 'node:fs';
import { fileError } from './errors.ts';

/** The queue, its log, and the lock that keeps a second agent away. */
const SUFFIXES = ['', '-wal', '.lock'];

/**
 * A file that was deleted or replaced stays open, and takes what is written, for nobody who comes later: neither SQLite nor the disk
 * says a word. Tells the name of the first that is no longer the file that it was when this was called. It looks once a turn of the
 * event loop, which takes some 10 µs. Throws QueueError `io-error` when the disk does not say.
 */
export function watchInPlace(databasePath: string): () => string | undefined {
  const files = SUFFIXES.map((suffix) => ({
    path: `${databasePath}${suffix}`,
    was: whichFile(`${databasePath}${suffix}`),
  }));
  let looked = false;
  const lookAgain = (): void => {
    looked = false;
  };
  return () => {
    if (looked) return undefined;
    const moved = files.find(({ path, was }) => whichFile(path) !== was)?.path;
    looked = moved === undefined;
    if (looked) setImmediate(lookAgain).unref();
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
