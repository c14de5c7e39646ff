import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueue, openQueueReadOnly } from './open.ts';
import { retireQueue } from './retire.ts';
import {
  AT,
  countingRandom,
  IDENTITY,
  LATER,
  MASTER,
  registration,
  sell,
  sellSettled,
  type TestQueue,
  testQueue,
} from './test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const random = countingRandom();
const into = (): string => join(t.folder, 'retired');
const retire = (): void => {
  t.queue.close();
  try {
    retireQueue({ path: t.path, masterKey: MASTER, random, into: into() });
  } finally {
    t.reopen();
  }
};

describe('a queue that is taken out of service', () => {
  it('moves as a whole, archive and all, and an empty one takes its place', () => {
    sellSettled(t.queue, 'b p1', ['p1'], '2026-01-01T00:00:00Z');
    sellSettled(t.queue, 'b p2', ['p2']);
    t.queue.archive.step({ onlineMs: 10 * 86_400_000, at: LATER });
    retire();
    expect(t.queue.identity.get()).toBeUndefined();
    expect(existsSync(`${t.path}.archive`)).toBe(false);
    const retired = openQueue({ path: join(into(), 'queue.db'), masterKey: MASTER, random });
    expect(retired.identity.get()?.terminal).toBe(IDENTITY.terminal);
    expect(retired.verify()).toMatchObject({ kind: 'sound', records: 2, archives: 1 });
    retired.close();
  });

  it.each([0, 1, 2, 3, 4])('and cut short after %i of its files, opens for nobody until it is finished', (moved) => {
    sellSettled(t.queue, 'b p1', ['p1'], '2026-01-01T00:00:00Z');
    sellSettled(t.queue, 'b p2', ['p2']);
    t.queue.archive.step({ onlineMs: 10 * 86_400_000, at: LATER });
    t.queue.close();
    const folder = `${t.path}.retiring`;
    mkdirSync(folder);
    for (const suffix of ['.head', '.tail', '', '.archive'].slice(0, moved))
      renameSync(`${t.path}${suffix}`, join(folder, `queue.db${suffix}`));
    const cutShort = expect.objectContaining({ code: 'retiring', message: expect.stringContaining('queue reset') });
    expect(() => t.reopen()).toThrow(cutShort);
    expect(() => openQueueReadOnly({ path: t.path, masterKey: MASTER })).toThrow(cutShort);
    retireQueue({ path: t.path, masterKey: MASTER, random, into: into() });
    expect(readdirSync(t.folder).sort()).toEqual(['queue.db.lock', 'retired']);
    const retired = openQueue({ path: join(into(), 'queue.db'), masterKey: MASTER, random });
    expect(retired.verify()).toMatchObject({ kind: 'sound', records: 2, archives: 1 });
    retired.close();
    expect(t.reopen().identity.get()).toBeUndefined();
  });

  it.each<[string, () => void]>([
    ['a record is not acknowledged', () => sell(t.queue, 'p1')],
    ['a payment is in progress', () => void t.queue.payments.register(registration('p1'))],
    [
      'a reversal is not acknowledged',
      () => {
        t.queue.payments.register(registration('p1'));
        t.queue.reversals.write({ id: 'r1', paymentId: 'p1', content: Uint8Array.of(1), at: AT });
        t.queue.payments.update('p1', { state: 'failed', final: true, at: AT });
      },
    ],
  ])('stays where it is while %s', (_what, begin) => {
    begin();
    expect(t.queue.pending()).toBeDefined();
    expect(retire).toThrow(expect.objectContaining({ code: 'unacknowledged' }));
    expect(existsSync(into())).toBe(false);
    expect(t.queue.payments.get('p1')).toBeDefined();
  });

  it('stays where it is while an agent runs', () => {
    expect(() => retireQueue({ path: t.path, masterKey: MASTER, random, into: into() })).toThrow(
      expect.objectContaining({ code: 'locked' }),
    );
  });
});
