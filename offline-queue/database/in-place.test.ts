import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queue } from '../interface/queue.ts';
import { openQueue } from '../open.ts';
import { countingRandom, MASTER, sell, type TestQueue, testQueue } from '../test-support.ts';
import { LOOK_EVERY_MS } from './in-place.ts';

/** Behind the back of the agent that has it open. */
const replace = (path: string): void => {
  copyFileSync(path, `${path}.copy`);
  renameSync(`${path}.copy`, path);
};

describe('a file of the queue that another hand takes away while it is open', () => {
  let t: TestQueue;
  let queue: Queue;
  let told: string[];
  beforeEach(() => {
    told = [];
    t = testQueue();
    t.queue.close();
    const onDistrusted = ({ code }: { code: string }) => told.push(code);
    queue = openQueue({ path: t.path, masterKey: MASTER, random: countingRandom(), onDistrusted });
    sell(queue, 'p1');
  });
  afterEach(() => {
    queue.close();
    t.reopen();
    t.end();
  });

  const refused = (suffix: string) =>
    expect.objectContaining({
      name: 'QueueError',
      code: 'moved',
      message: expect.stringContaining(`${t.path}${suffix})`),
    });

  it.each<[string, string, (path: string) => void, (path: string) => void]>([
    ['the log, deleted', '-wal', (path) => rmSync(path), () => {}],
    ['the log, replaced', '-wal', replace, () => {}],
    ['the file, moved', '', (path) => renameSync(path, `${path}.moved`), (path) => renameSync(`${path}.moved`, path)],
    ['the file, replaced by its copy', '', replace, () => {}],
    ['the lock, deleted', '.lock', (path) => rmSync(path), () => {}],
  ])(
    '%s: nothing is told to be kept any more, and all that was is there afterwards',
    (_what, suffix, take, putBack) => {
      const soldAt = performance.now();
      while (performance.now() - soldAt < LOOK_EVERY_MS);
      take(`${t.path}${suffix}`);
      expect(() => sell(queue, 'p2')).toThrow(refused(suffix));
      expect(told).toEqual(['moved']);
      putBack(`${t.path}${suffix}`);
      expect(() => sell(queue, 'p2')).toThrow(refused(suffix));
      expect(told).toEqual(['moved']);
      queue.close();
      queue = t.reopen();
      expect([queue.records.head().sequence, queue.payments.get('p2')]).toEqual([1, undefined]);
      expect([queue.verify().kind, queue.checkHead()]).toEqual(['sound', undefined]);
    },
  );
});
