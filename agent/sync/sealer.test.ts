import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IDENTITY, sell, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import { type Sealer, sealer } from './sealer.ts';

const YEAR_MS = 365 * 86_400_000;
let disk: TestQueue;
let wall: number;
let monotonic: number;
let batches: Sealer;

beforeEach(() => {
  disk = testQueue();
  wall = Date.parse('2026-11-24T10:00:00Z');
  monotonic = 0;
  batches = sealer({
    queue: disk.queue,
    identity: () => IDENTITY,
    rule: { maxRecords: 3, maxAgeMs: 60_000 },
    clock: { now: () => wall, monotonic: () => monotonic },
    random: (length) => new Uint8Array(randomBytes(length)),
  });
  batches.sealDue();
});
afterEach(() => disk.end());

const ranges = () =>
  disk.queue.batches.toUpload().map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence]);

describe('sealing', () => {
  it('by count, however often it is looked', () => {
    for (const id of ['a', 'b']) sell(disk.queue, id);
    expect(batches.sealDue()).toBe(60_000);
    sell(disk.queue, 'c');
    expect(batches.sealDue()).toBe(Number.POSITIVE_INFINITY);
    batches.sealDue();
    expect(ranges()).toEqual([[1, 3]]);
  });

  it.each([
    ['a year ahead', YEAR_MS],
    ['a year back', -YEAR_MS],
  ])('by age: the oldest waits as long as was said, also when the clock is set %s', (_name, step) => {
    sell(disk.queue, 'a');
    batches.sealDue();
    wall += step;
    monotonic += 59_999;
    expect(batches.sealDue()).toBe(1);
    expect(ranges()).toEqual([]);
    monotonic += 1;
    batches.sealDue();
    expect(ranges()).toEqual([[1, 1]]);
  });

  it('at the end of a shift: no batch holds records from before and after it', () => {
    sell(disk.queue, 'a');
    expect(batches.sealNow()).toMatchObject({ firstSequence: 1, lastSequence: 1 });
    for (const id of ['b', 'c', 'd', 'e']) sell(disk.queue, id);
    // More than one batch may hold: the newest record's is told.
    expect(batches.sealNow()).toMatchObject({ firstSequence: 5, lastSequence: 5 });
    expect(ranges()).toEqual([
      [1, 1],
      [2, 4],
      [5, 5],
    ]);
    expect(batches.sealNow()).toMatchObject({ firstSequence: 5 });
  });
});
