import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AT,
  acknowledge,
  faultOf,
  IDENTITY,
  LATER,
  sealBatch,
  sell,
  settle,
  type TestQueue,
  testQueue,
} from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const close = (id: string) => t.queue.closes.open({ id, at: AT });

describe('a close', () => {
  it('is over what was recorded since the one before, without gaps', () => {
    expect(close('c0')).toBeUndefined();
    sell(t.queue, 'p1', 100);
    sell(t.queue, 'p2', 200);
    expect(close('c1')).toEqual({
      number: 1,
      id: 'c1',
      first: { epoch: 1, sequence: 1 },
      last: { epoch: 1, sequence: 2 },
      count: 2,
      totalMinor: 300,
      closedAt: AT,
      complete: false,
    });
    expect(close('c2')).toBeUndefined();
    sell(t.queue, 'p3', 5);
    expect(close('c2')).toMatchObject({ first: { sequence: 3 }, last: { sequence: 3 }, totalMinor: 5 });
    expect(t.reopen().closes.last()).toMatchObject({ number: 2 });
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('goes over an enrolment, and over what is archived', () => {
    for (const n of [1, 2, 3]) {
      sell(t.queue, `p${n}`);
      const batch = sealBatch(t.queue, `b${n}`);
      acknowledge(t.queue, batch);
      settle(t.queue, batch, n === 1 ? '2026-01-01T00:00:00Z' : AT);
    }
    expect(t.queue.archive.step({ onlineMs: 10 * 86_400_000, at: LATER })).toMatchObject({ last: { sequence: 1 } });
    t.queue.identity.enrol({ ...IDENTITY, epoch: 2, genesisHash: new Uint8Array(32).fill(2) });
    sell(t.queue, 'p4');
    const range = { first: { epoch: 1, sequence: 1 }, last: { epoch: 2, sequence: 1 }, count: 4 };
    expect(close('c1')).toMatchObject(range);
  });

  it('waits until the centre has answered in full, and then stays', () => {
    sell(t.queue, 'p1');
    close('c1');
    t.queue.closes.compared(1, { report: [{ a: 1 }], complete: false }, AT);
    expect(t.queue.closes.waiting()).toMatchObject([{ number: 1, comparedAt: AT, report: [{ a: 1 }] }]);
    t.queue.closes.compared(1, { report: [{ b: 2 }], complete: true }, AT);
    t.queue.closes.compared(1, { report: [], complete: true }, AT);
    expect(t.reopen().closes.waiting()).toEqual([]);
    expect(t.queue.closes.get(1)).toMatchObject({ complete: true, report: [{ b: 2 }] });
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('that another hand has changed or deleted is found', () => {
    for (const n of [1, 2]) {
      sell(t.queue, `p${n}`);
      close(`c${n}`);
      t.queue.closes.compared(n, { report: [{ n }], complete: true }, AT);
    }
    const columns = ['id', 'first_place', 'total_minor', 'count', 'closed_at', 'compared_at', 'complete', 'report'];
    for (const column of columns) {
      let before: unknown;
      t.tamper((db) => {
        before = db.prepare(`select ${column} from closes where number = 1`).pluck().get();
        const isText = typeof before === 'string';
        db.exec(`update closes set ${column} = ${isText ? `${column} || 'x'` : `${column} - 1`} where number = 1`);
      });
      expect(t.queue.verify(), column).toMatchObject({ explanation: expect.stringContaining('Close 1') });
      t.tamper((db) => db.prepare(`update closes set ${column} = ? where number = 1`).run(before));
    }
    expect(faultOf(t.queue.verify())).toBe('sound');
    t.tamper((db) => db.exec('delete from closes where number = 2'));
    expect(t.queue.verify()).toMatchObject({ fault: 'missing', explanation: expect.stringContaining('closes') });
  });

  it('lists, newest first', () => {
    for (const n of [1, 2, 3]) {
      sell(t.queue, `p${n}`);
      close(`c${n}`);
    }
    const page = t.queue.closes.list({ limit: 2 });
    expect('items' in page && page.items.map(({ number }) => number)).toEqual([3, 2]);
    const cursor = 'next' in page ? (page.next ?? '') : '';
    expect(t.queue.closes.list({ limit: 2, cursor })).toMatchObject({ items: [{ number: 1 }] });
  });
});

describe('records between two sequences', () => {
  it('come readable or not, as they lie there', () => {
    for (const id of ['p1', 'p2', 'p3']) sell(t.queue, id);
    t.tamper((db) => db.exec("update records set canonical = 'x' where sequence = 2"));
    const found = t.queue.records.between(1, 2, 9);
    expect(found.map(({ sequence, record }) => [sequence, record?.paymentId])).toEqual([
      [2, undefined],
      [3, 'p3'],
    ]);
    expect(found[0]?.canonical).toEqual(Uint8Array.of(0x78));
    expect(t.queue.records.between(0, 1, 2)).toEqual([]);
  });
});
