import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database/database.ts';
import { QueueError } from './database/errors.ts';
import type { Queue } from './interface/queue.ts';
import { composeQueue } from './open.ts';
import { AT, approval, countingRandom, faultOf, IDENTITY, MASTER, registration } from './test-support.ts';

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
  // Pages that earlier steps have freed would be space.
  if (maxPages === undefined) db.prepare('vacuum').run();
  const pages = db.prepare<{ page_count: number }>('pragma page_count').get()?.page_count ?? 0;
  return { queue: composeQueue(db, MASTER, random, () => {}), pages };
}

/** So large that no step fits into what is free within the file. */
const LARGE = 16_000;
const CONTENT = new Uint8Array(LARGE).fill(0x5a);
const TEXT = 'x'.repeat(LARGE);

type Step = readonly [name: string, take: (queue: Queue) => unknown];

/** A payment, step by step; the disk may be full at any one of them. */
const STEPS: readonly Step[] = [
  ['register', (queue) => queue.payments.register({ ...registration('p1'), fingerprint: TEXT })],
  ['move', (queue) => queue.payments.update('p1', { state: 'card-present', detail: { reason: TEXT }, at: AT })],
  ['intent', (queue) => queue.intents.save({ paymentId: 'p1', content: CONTENT, at: AT })],
  ['reversal', (queue) => queue.reversals.write({ id: 'r1', paymentId: 'p1', content: CONTENT, at: AT })],
  [
    'outcome',
    (queue) => queue.commitOutcome({ ...approval('p1'), detail: { reason: TEXT + TEXT + TEXT }, cancelReversal: 'r1' }),
  ],
  ['setting', (queue) => queue.identity.setSetting('parameters', TEXT + TEXT + TEXT)],
];

/** Everything that can be seen of a queue. */
const seen = (queue: Queue): unknown => [
  queue.payments.list({ limit: 99 }),
  queue.intents.pending(),
  queue.reversals.due(),
  queue.records.head(),
  queue.identity.setting('parameters'),
  queue.backlog(),
  queue.spending.ofTerminal('2026-03-09'),
];

describe.each(STEPS.map(([name, take], at) => ({ name, take, at })))(
  'a disk that is full at the step $name',
  (step) => {
    const [before, after] = [STEPS.slice(0, step.at), STEPS.slice(step.at + 1)];

    // The n-th new page is refused, n = 1, 2, 3 … until the step needs no more than there are.
    it('leaves nothing half done, and the payment goes on once there is space', () => {
      const first = open();
      first.queue.identity.enrol(IDENTITY);
      for (const [, take] of before) take(first.queue);
      first.queue.close();
      const counted = open();
      counted.queue.close();

      let refusals = 0;
      for (let spare = 0, done = false; !done; spare++) {
        const { queue } = open(counted.pages + spare);
        done = succeeds(queue, step.take);
        if (!done) refusals++;
        expect(faultOf(queue.verify())).toBe('sound');
        queue.close();
      }
      expect(refusals).toBeGreaterThan(2);

      const { queue } = open();
      for (const [, take] of after) take(queue);
      expect(queue.payments.get('p1')).toMatchObject({ state: 'approved', record: { sequence: 1 } });
      expect(queue.verify()).toMatchObject({ kind: 'sound', records: 1 });
      queue.close();
    });
  },
);

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
