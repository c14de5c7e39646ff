import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  acknowledge,
  registration,
  sealBatch,
  sell,
  settle,
  type TestQueue,
  testQueue,
} from '../offline-queue/test-support.ts';
import { archiveRound } from './archiving.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
  for (const [id, settledAt] of [
    ['p1', '2025-01-01T00:00:00Z'],
    ['p2', '2026-03-09T00:00:00Z'],
  ] as const) {
    sell(t.queue, id);
    const batch = sealBatch(t.queue, `b ${id}`);
    acknowledge(t.queue, batch);
    settle(t.queue, batch, settledAt);
  }
});
afterEach(() => t.end());

const round = () =>
  archiveRound({
    queue: t.queue,
    onlineMs: 400 * 86_400_000,
    clock: { now: () => 0, monotonic: () => 0 },
    log: pino({ level: 'silent' }),
  });

describe('archiving', () => {
  it('takes one step at a time, and pauses between them', async () => {
    expect(await round()).toEqual({ kind: 'done', nextMs: 500 });
    expect(t.queue.archive.list()).toHaveLength(1);
    expect(await round()).toEqual({ kind: 'done' });
  });

  it('leaves a payment in peace', async () => {
    t.queue.payments.register(registration('p3'));
    expect(await round()).toMatchObject({ nextMs: 30_000 });
    expect(t.queue.archive.list()).toEqual([]);
  });
});
