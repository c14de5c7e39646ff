import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { QueueError } from './errors.ts';
import { composeQueue } from './open.ts';
import type { Queue } from './queue.ts';
import { AT, approval, countingRandom, faultOf, IDENTITY, MASTER, registration, sign } from './test-support.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-full-'));
  path = join(folder, 'queue.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const random = countingRandom();

/** A queue whose file may have so many pages, as on a disk that is nearly full. */
function open(maxPages?: number): { readonly queue: Queue; readonly pages: number } {
  const db = openDatabase(path, maxPages === undefined ? {} : { maxPages });
  const pages = db.prepare<{ page_count: number }>('pragma page_count').get()?.page_count ?? 0;
  return { queue: composeQueue(db, MASTER, random, () => {}), pages };
}

/** Content larger than a page, so that every step needs a new one sooner or later. */
const CONTENT = new Uint8Array(9_000).fill(0x5a);

type Step = readonly [name: string, take: (queue: Queue) => unknown];

const steps = (id: string): readonly Step[] => [
  ['register', (queue) => queue.payments.register(registration(id))],
  ['move', (queue) => queue.payments.update(id, { state: 'card-present', detail: { reason: 'x'.repeat(5_000) }, at: AT })],
  ['intent', (queue) => queue.intents.save({ paymentId: id, content: CONTENT, at: AT })],
  ['reversal', (queue) => queue.reversals.write({ id: `r ${id}`, paymentId: id, content: CONTENT, at: AT })],
  ['outcome', (queue) => queue.commitOutcome({ ...approval(id), cancelReversal: `r ${id}` })],
  ['setting', (queue) => queue.identity.setSetting(id, 'x'.repeat(5_000))],
  ['seal', (queue) => queue.batches.seal({ id: `b ${id}`, at: AT, limit: 9, sign })],
];

/** Everything that can be seen of a queue. */
const seen = (queue: Queue): unknown => [
  queue.payments.list({ limit: 99 }),
  queue.intents.pending(),
  queue.reversals.due(),
  queue.records.head(),
  queue.batches.list({ limit: 99 }),
  queue.backlog(),
];

describe('a full disk', () => {
  it('stops each step as a whole, wherever it strikes, and the same step works once there is space', () => {
    const first = open();
    first.queue.identity.enrol(IDENTITY);
    first.queue.close();
    const struck = new Set<string>();
    // One page more each time, until a whole payment fits.
    for (let spare = 0, done = false; !done; spare++) {
      const id = `p${spare}`;
      const limited = open(open1Pages() + spare);
      const failedAt = steps(id).findIndex(([, take]) => !succeeds(limited.queue, take));
      limited.queue.close();
      const { queue } = open();
      expect(faultOf(queue.verify())).toBe('sound');
      for (const [name, take] of steps(id).slice(failedAt < 0 ? 99 : failedAt)) {
        if (!struck.has(name) && name === steps(id)[failedAt]?.[0]) struck.add(name);
        take(queue);
      }
      expect(faultOf(queue.verify())).toBe('sound');
      expect(queue.records.head().sequence).toBe(spare + 1);
      queue.close();
      done = failedAt < 0;
    }
    expect([...struck].sort()).toEqual(['intent', 'move', 'outcome', 'register', 'reversal', 'seal', 'setting']);
  });
});

function open1Pages(): number {
  const { queue, pages } = open();
  queue.close();
  return pages;
}

/** Takes a step; when the disk is full nothing may have changed, on disk or in memory. */
function succeeds(queue: Queue, take: (queue: Queue) => unknown): boolean {
  const before = seen(queue);
  try {
    take(queue);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(QueueError);
    expect(error).toMatchObject({ code: 'disk-full', message: expect.stringContaining('Free some space') });
    expect(seen(queue)).toEqual(before);
    return false;
  }
}
