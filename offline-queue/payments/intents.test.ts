import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueueReadOnly } from '../open.ts';
import { AT, approval, MASTER, registration, sell, type TestQueue, testQueue } from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
  t.queue.payments.register(registration('p1'));
});
afterEach(() => t.end());

describe('an intent', () => {
  it('is on disk, as another process sees it, when `save` returns (design 4.1)', () => {
    t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(1, 2, 3), at: AT });
    const reader = openQueueReadOnly({ path: t.path, masterKey: MASTER });
    expect(reader.intents.pending()).toEqual([
      { paymentId: 'p1', state: 'open', content: Uint8Array.of(1, 2, 3), savedAt: AT },
    ]);
    reader.close();
  });

  it('takes the place of an earlier one of the same payment', () => {
    t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(1), at: AT });
    t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(2), at: '2026-03-09T02:16:00.000Z' });
    expect(t.reopen().intents.pending()).toMatchObject([
      { content: Uint8Array.of(2), savedAt: '2026-03-09T02:16:00.000Z' },
    ]);
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('needs a payment in progress', () => {
    expect(() => t.queue.intents.save({ paymentId: 'p9', content: Uint8Array.of(1), at: AT })).toThrow('no payment p9');
    t.queue.payments.update('p1', { state: 'cancelled', final: true, at: AT });
    expect(() => t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(1), at: AT })).toThrow('p1 has ended');
  });

  it('comes before undecided ones, which come oldest first', () => {
    for (const id of ['p1', 'p2']) {
      t.queue.payments.register(registration(id));
      t.queue.intents.save({ paymentId: id, content: Uint8Array.of(1), at: AT });
      t.queue.commitOutcome({
        ...approval(id, { outcome: 'undecided', debited: 'unknown', fundedBy: 'none' }),
        state: 'undecided',
        intent: 'undecided',
      });
    }
    t.queue.payments.register(registration('p3'));
    t.queue.intents.save({ paymentId: 'p3', content: Uint8Array.of(1), at: AT });
    const pending = t.queue.intents.pending().map(({ paymentId, state }) => `${paymentId} ${state}`);
    expect(pending).toEqual(['p3 open', 'p1 undecided', 'p2 undecided']);
  });

  it('that was moved to another payment opens as nothing, and stops nobody', () => {
    t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(1), at: AT });
    t.queue.commitOutcome(approval('p1'));
    t.queue.payments.register(registration('p2'));
    t.queue.intents.save({ paymentId: 'p2', content: Uint8Array.of(2), at: AT });
    const queue = t.tamper((db) => {
      db.pragma('foreign_keys = off');
      db.exec("update payments set intent = 'undecided' where id = 'p1'; update intents set payment = 1");
    });
    expect(queue.intents.pending()).toMatchObject([{ paymentId: 'p1', content: new Uint8Array() }]);
    expect(queue.verify().kind).toBe('broken');
  });

  it('leaves no trace once it is closed', () => {
    sell(t.queue, 'p1');
    expect(t.queue.intents.pending()).toEqual([]);
  });
});
