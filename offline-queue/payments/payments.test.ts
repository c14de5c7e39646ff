import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AT, approval, registration, type TestQueue, testQueue } from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const finish = (id: string) => t.queue.payments.update(id, { state: 'cancelled', final: true, at: AT });

describe('register', () => {
  it('gives the payment as the register asked for it', () => {
    expect(t.queue.payments.register(registration('p1'))).toEqual({
      kind: 'registered',
      payment: {
        id: 'p1',
        kind: 'purchase',
        state: 'awaiting-card',
        amountMinor: 1280,
        reference: 'bill p1',
        final: false,
        detail: {},
        createdAt: AT,
        updatedAt: AT,
      },
    });
  });

  it('gives the same payment for the same key and print, as it is now, also after a restart', () => {
    t.queue.payments.register(registration('p1'));
    t.queue.payments.update('p1', { state: 'card-present', at: AT });
    const again = { ...registration('p2'), key: 'key p1', fingerprint: 'print p1' };
    expect(t.queue.payments.register(again)).toMatchObject({
      kind: 'known',
      payment: { id: 'p1', state: 'card-present' },
    });
    finish('p1');
    expect(t.reopen().payments.register(again)).toMatchObject({
      kind: 'known',
      payment: { id: 'p1', state: 'cancelled' },
    });
    expect(t.queue.payments.get('p2')).toBeUndefined();
  });

  it('refuses the key with another print', () => {
    t.queue.payments.register(registration('p1'));
    expect(t.queue.payments.register(registration('p2', { key: 'key p1' }))).toEqual({ kind: 'key-reused' });
  });

  it('is busy while a payment is in progress, also after a restart', () => {
    t.queue.payments.register(registration('p1'));
    expect(t.queue.payments.register(registration('p2'))).toMatchObject({ kind: 'busy', payment: { id: 'p1' } });
    expect(t.reopen().payments.unfinished()).toMatchObject([{ id: 'p1' }]);
    expect(t.queue.payments.register(registration('p2'))).toMatchObject({ kind: 'busy' });
    finish('p1');
    expect(t.queue.payments.unfinished()).toEqual([]);
    expect(t.queue.payments.register(registration('p2'))).toMatchObject({ kind: 'registered' });
  });
});

describe('update', () => {
  it('changes state and, when given, detail', () => {
    t.queue.payments.register(registration('p1'));
    t.queue.payments.update('p1', { state: 'card-present', detail: { reason: 'torn' }, at: AT });
    const later = '2026-03-09T02:16:00.000Z';
    const payment = t.queue.payments.update('p1', { state: 'authorising', at: later });
    expect(payment).toMatchObject({
      state: 'authorising',
      detail: { reason: 'torn' },
      createdAt: AT,
      updatedAt: later,
    });
    expect(t.queue.payments.get('p1')).toEqual(payment);
  });

  it('is a programmer’s error on a payment that is final, or has an open intent and would be', () => {
    t.queue.payments.register(registration('p1'));
    t.queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(1), at: AT });
    expect(() => finish('p1')).toThrow('cannot end while its intent is open');
    t.queue.commitOutcome(approval('p1'));
    expect(() => t.queue.payments.update('p1', { state: 'card-present', at: AT })).toThrow('p1 is final');
    expect(() => t.queue.payments.update('p9', { state: 'card-present', at: AT })).toThrow('no payment p9');
  });
});

describe('an approval without a record', () => {
  const approve = (id: string) => t.queue.payments.update(id, { state: 'approved', final: true, at: AT });

  it('is sound where nothing was to move, as of a balance inquiry', () => {
    t.queue.payments.register({ ...registration('p1'), kind: 'balance', amountMinor: 0 });
    approve('p1');
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('is a fault where money moved', () => {
    t.queue.payments.register(registration('p1'));
    approve('p1');
    expect(t.queue.verify().kind).toBe('broken');
  });
});

describe('noteSlip', () => {
  it('notes each copy by itself, of a final payment as well, and is on disk when it returns', () => {
    t.queue.payments.register(registration('p1'));
    const sold = t.queue.commitOutcome(approval('p1')).payment;
    t.queue.payments.noteSlip('p1', 'merchant', { state: 'printing', sheets: 1 });
    t.queue.payments.noteSlip('p1', 'customer', { state: 'not-printed', why: 'paper-out', sheets: 0 });
    const printed = t.queue.payments.noteSlip('p1', 'merchant', { state: 'printed', sheets: 1 });
    const slips = {
      merchant: { state: 'printed', sheets: 1 },
      customer: { state: 'not-printed', why: 'paper-out', sheets: 0 },
    };
    expect(printed).toEqual({ ...sold, detail: { ...sold.detail, slips } });
    expect(t.reopen().payments.get('p1')).toEqual(printed);
    expect(t.queue.verify().kind).toBe('sound');
  });

  it('of a payment that has left for the archive is nothing', () => {
    expect(t.queue.payments.noteSlip('p1', 'merchant', { state: 'printing', sheets: 1 })).toBeUndefined();
  });
});

describe('list', () => {
  const page = (request: { limit: number; cursor?: string }) => {
    const found = t.queue.payments.list(request);
    if ('kind' in found) throw new Error(found.kind);
    return { ids: found.items.map(({ id }) => id), next: found.next };
  };

  it('begins with the newest and ends without a cursor', () => {
    for (const id of ['p1', 'p2', 'p3']) {
      t.queue.payments.register(registration(id));
      finish(id);
    }
    const first = page({ limit: 2 });
    expect(first.ids).toEqual(['p3', 'p2']);
    expect(page({ limit: 2, cursor: String(first.next) })).toEqual({ ids: ['p1'], next: undefined });
    expect(page({ limit: 3 }).next).toBeUndefined();
  });

  it.each(['', 'x', 'cGF5bWVudHMgLTE', 'cmVjb3JkcyAx', `${Buffer.from('payments 01').toString('base64url')}`])(
    'refuses the cursor %j',
    (cursor) => {
      expect(t.queue.payments.list({ limit: 1, cursor })).toEqual({ kind: 'bad-cursor' });
    },
  );
});
