import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { failed, passed, spread, type TestResult } from './tests.ts';

const BLOCK_BYTES = 8_192;
const WRITES = 50;
/** A payment waits for two or three of these; beyond it the queue at the till grows. */
const SLOW_MS = 100;

/** What one durable write costs where the queue is to lie: 8 KB written over and synced, as SQLite does at a commit. */
export function measureDisk(folder: string, monotonic: () => number): TestResult {
  const path = join(folder, '.fsync-test');
  const file = openSync(path, 'w', 0o600);
  try {
    const block = new Uint8Array(BLOCK_BYTES);
    const took: number[] = [];
    for (let write = 0; write < WRITES; write++) {
      const begun = monotonic();
      writeSync(file, block, 0, BLOCK_BYTES, 0);
      fdatasyncSync(file);
      took.push(monotonic() - begun);
    }
    const measured = spread('8 KB written and synced', took);
    const median = measured[0]?.value ?? 0;
    if (median <= SLOW_MS) return passed('disk', undefined, measured);
    return { ...failed('disk', `a durable write takes ${median} ms: choose a better disk`), measured };
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}
