import { durableWrites } from '../durable-writes.ts';
import { failed, passed, spread, type TestResult } from './tests.ts';

const WRITES = 50;
/** A payment waits for two or three of these; beyond it the queue at the till grows. */
const SLOW_MS = 100;

/** What one durable write costs where the queue is to lie. */
export async function measureDisk(folder: string, monotonic: () => number): Promise<TestResult> {
  const measured = spread('8 KB written and synced', await durableWrites(folder, WRITES, monotonic));
  const median = measured[0]?.value ?? 0;
  if (median <= SLOW_MS) return passed('disk', undefined, measured);
  return { ...failed('disk', `a durable write takes ${median} ms: choose a better disk`), measured };
}
