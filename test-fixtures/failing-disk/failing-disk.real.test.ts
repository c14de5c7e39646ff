import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missingForDiskShim } from '../disk-shim/index.ts';
import { runTrials } from './run-trials.ts';

const MODULE = join(import.meta.dirname, '../../dist/test-fixtures/failing-disk/faulty-process.js');
/** `npm run failing-disk` has them all, and every call of them. */
const TRIALS = [
  'opening a terminal that was killed',
  'reading and verifying',
  'closing',
  'approved',
  'archived',
] as const;

const EVERY = 3;

const missing = missingForDiskShim();
if (missing.length > 0) console.warn(`the failing disk is skipped; missing: ${missing.join(', ')}`);

describe.skipIf(missing.length > 0)('a disk that fails at the nth call', () => {
  test('by an input/output error: a clear error, nothing half done, and the next try succeeds', () => {
    const { failed, codes, wrong } = runTrials({ module: MODULE, errors: ['EIO'], trials: TRIALS, every: EVERY });
    expect(wrong).toEqual([]);
    for (const kind of ['open', 'write', 'sync', 'truncate', 'name', 'read']) expect(failed[kind]).toBeGreaterThan(0);
    expect(codes['EIO sync-failed']).toBeGreaterThan(0);
  }, 240_000);

  test('by being full: the same, and said', () => {
    const trials = ['opening a new terminal'];
    const { codes, wrong } = runTrials({ module: MODULE, errors: ['ENOSPC'], trials, every: EVERY });
    expect(wrong).toEqual([]);
    expect(codes['ENOSPC disk-full']).toBeGreaterThan(7);
  }, 240_000);
});
