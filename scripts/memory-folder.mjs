import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** What the whole run has at one time, PostgreSQL and Chromium included, is well below. */
const FREE_BYTES = 4 * 2 ** 30;
/** A PostgreSQL that was killed with its run is still ending. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 };

/** Tests put programs there, and run them. */
function mayRunPrograms() {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const [, , , options] = mounts.findLast((line) => line.split(' ')[1] === MEMORY)?.split(' ') ?? [];
  return options !== undefined && !options.split(',').includes('noexec');
}

function isUsable() {
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= FREE_BYTES && mayRunPrograms();
  } catch {
    return false;
  }
}

/**
 * Runs `work` with a new folder in memory, which is gone when it settles; with undefined where the machine has no room there.
 * Other users may walk through the folder, as the PostgreSQL of root does, and not list it.
 */
export async function withMemoryFolder(work) {
  if (!isUsable()) return work(undefined);
  // A short name: a socket's path has 107 bytes at most.
  const folder = mkdtempSync(join(MEMORY, 'jd-'));
  try {
    chmodSync(folder, 0o711);
    return await work(folder);
  } finally {
    rmSync(folder, REMOVAL);
  }
}
