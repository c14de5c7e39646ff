import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueueReadOnly } from '../open.ts';
import { AT, approval, faultOf, MASTER, registration, type TestQueue, testQueue } from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
  t.queue.payments.register(registration('p1'));
});
afterEach(() => t.end());

const write = (id: string, paymentId = 'p1') =>
  t.queue.reversals.write({ id, paymentId, content: new TextEncoder().encode(`undo ${id}`), at: AT });
const due = () => t.queue.reversals.due().map(({ id }) => id);
const fail = (id = 'p1') => t.queue.payments.update(id, { state: 'failed', final: true, at: AT });
const approved = (cancelReversal?: string) =>
  t.queue.commitOutcome({
    ...approval('p1', { fundedBy: 'account', debited: 'account' }),
    ...(cancelReversal && { cancelReversal }),
  });

describe('a reversal (design 4.5)', () => {
  it('is on disk when `write` returns, and held back while its payment is in progress', () => {
    write('r1');
    expect(due()).toEqual([]);
    const reader = openQueueReadOnly({ path: t.path, masterKey: MASTER });
    expect(reader.verify().kind).toBe('sound');
    reader.close();
    fail();
    expect(t.reopen().reversals.due()).toEqual([
      { id: 'r1', paymentId: 'p1', content: new TextEncoder().encode('undo r1'), attempts: 0, createdAt: AT },
    ]);
  });

  it('is cancelled in the transaction that commits the answer', () => {
    write('r1');
    approved('r1');
    expect(due()).toEqual([]);
    expect(() => t.queue.reversals.attempted('r1', AT)).toThrow('r1 is not due');
    expect(() => t.queue.reversals.acknowledged('r1', AT)).toThrow('r1 was cancelled');
  });

  it('is due when the outcome does not rest on its answer', () => {
    write('r1');
    write('r2');
    approved('r2');
    expect(due()).toEqual(['r1']);
  });

  it('that has never been sent can say more with the outcome', () => {
    write('r1');
    expect(t.queue.reversals.unsent('p1')).toMatchObject([{ id: 'r1', attempts: 0 }]);
    t.queue.commitOutcome({
      paymentId: 'p1',
      state: 'failed',
      final: true,
      detail: {},
      amendReversal: { id: 'r1', content: Uint8Array.of(7) },
      at: AT,
    });
    expect(t.reopen().reversals.due()).toMatchObject([{ id: 'r1', content: Uint8Array.of(7) }]);
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('says what it said once it was sent, or was cancelled', () => {
    const amended = { ...approval('p1'), amendReversal: { id: 'r1', content: Uint8Array.of(7) } };
    write('r1');
    expect(() => t.queue.commitOutcome({ ...amended, cancelReversal: 'r1' })).toThrow('r1 was cancelled');
    t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(7), at: AT });
    t.queue.commitOutcome({
      ...approval('p1', { outcome: 'undecided', fundedBy: 'none', debited: 'unknown', reason: 'cancelled' }),
      state: 'undecided',
      intent: 'undecided',
    });
    t.queue.reversals.attempted('r1', AT);
    expect(t.queue.reversals.unsent('p1')).toEqual([]);
    expect(() => t.queue.commitOutcome({ ...amended, intent: 'close' })).toThrow('r1 has been sent');
  });

  it('is due, oldest first, until it is acknowledged, however often it was tried', () => {
    write('r1');
    write('r2');
    fail();
    for (let attempt = 1; attempt <= 40; attempt++) t.queue.reversals.attempted('r1', AT);
    expect(t.queue.reversals.due()).toMatchObject([
      { id: 'r1', attempts: 40 },
      { id: 'r2', attempts: 0 },
    ]);
    t.queue.reversals.acknowledged('r1', AT);
    t.queue.reversals.acknowledged('r1', '2026-03-10T00:00:00.000Z');
    expect(due()).toEqual(['r2']);
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('is due again when the host may have lost it, unless it was cancelled', () => {
    for (const id of ['r1', 'r2', 'r3']) write(id);
    approved('r2');
    for (const id of ['r1', 'r3']) t.queue.reversals.attempted(id, AT);
    t.queue.reversals.acknowledged('r1', AT);
    expect(due()).toEqual(['r3']);
    t.queue.reversals.dueAgain();
    expect(t.reopen().reversals.due()).toMatchObject([
      { id: 'r1', attempts: 1 },
      { id: 'r3', attempts: 1 },
    ]);
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('is due again though another hand has made another one impossible', () => {
    for (const id of ['r1', 'r2']) write(id);
    fail();
    for (const id of ['r1', 'r2']) t.queue.reversals.acknowledged(id, AT);
    t.tamper((db) => db.exec("update reversals set number = 9007199254740993 where id = 'r1'"));
    t.queue.reversals.dueAgain();
    expect(due()).toEqual(['r2']);
  });

  it('is not sent, not cancelled after it was sent, and not another payment’s', () => {
    write('r1');
    expect(() => t.queue.reversals.attempted('r1', AT)).toThrow('r1 is not due');
    fail();
    t.queue.payments.register(registration('p2'));
    write('r2', 'p2');
    expect(() => t.queue.commitOutcome({ ...approval('p2'), cancelReversal: 'r1' })).toThrow('another payment');
    expect(() => write('r3')).toThrow('p1 has ended');
  });
});
