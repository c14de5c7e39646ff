import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../offline-queue/database/database.ts';
import type { Queue } from '../../offline-queue/index.ts';
import { composeQueue } from '../../offline-queue/open.ts';
import { countingRandom, MASTER } from '../../offline-queue/test-support.ts';
import { fingerprint } from '../power-cut/fingerprint.ts';
import { STORE_STEPS } from './store-steps.ts';

let folder: string;
let queue: Queue;
let other: BetterSqlite.Database;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-busy-'));
  const path = join(folder, 'queue.db');
  const db = openDatabase(path);
  // On a terminal it waits two seconds before it gives up.
  db.prepare('pragma busy_timeout = 0').get();
  queue = composeQueue(db, MASTER, countingRandom(), () => {});
  other = new BetterSqlite(path);
});
afterAll(() => {
  other.close();
  queue.close();
  rmSync(folder, { recursive: true, force: true });
});

// In order: each step stands on those before it.
it.each(STORE_STEPS)(
  '$name, while another program writes: says so, has changed nothing, and succeeds after',
  (step) => {
    const before = fingerprint(queue);
    other.exec('begin immediate');
    try {
      expect(() => step.take(queue)).toThrow(expect.objectContaining({ name: 'QueueError', code: 'busy' }));
      expect(fingerprint(queue)).toBe(before);
    } finally {
      other.exec('rollback');
    }
    step.take(queue);
    expect(queue.verify().kind).toBe('sound');
  },
);
