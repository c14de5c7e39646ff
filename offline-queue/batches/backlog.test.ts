import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabaseReadOnly } from '../database/database.ts';
import { placeOf } from '../database/place.ts';
import type { RecordRows } from '../records/record-rows.ts';
import { acknowledge, approval, registration, sealBatch, sell, type TestQueue, testQueue } from '../test-support.ts';
import { readBacklog } from './backlog.ts';
import { batchRows } from './batch-rows.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
  for (const id of ['p1', 'p2']) sell(t.queue, id, 10);
  sealBatch(t.queue, 'b1');
  sell(t.queue, 'p3', 20);
  t.queue.payments.register(registration('p4'));
  const declined = { outcome: 'declined', fundedBy: 'none', debited: 'none', reason: 'expired' } as const;
  t.queue.commitOutcome({ ...approval('p4', declined), state: 'declined' });
  sealBatch(t.queue, 'b2');
  sell(t.queue, 'p5', 5);
});
afterEach(() => t.end());

/** What is added up when no more than so many records of batches are read; and which places were read. */
function readUpTo(records: number, holds = true) {
  const db = openDatabaseReadOnly(t.path);
  const read: number[] = [];
  const stored = (place: number) => t.queue.records.get(1, place - placeOf(1, 0))?.record;
  const rows = {
    get: (place: number) => ({ record: stored(place) }),
    range(first: number, last: number) {
      const found = [];
      for (let place = first; place <= Math.min(last, placeOf(1, 5)); place++) {
        read.push(place - placeOf(1, 0));
        found.push({ place, record: stored(place) });
      }
      return found;
    },
  } as unknown as RecordRows;
  const tally = readBacklog(batchRows(db), rows, () => holds, records);
  db.close();
  return { tally, read };
}

describe('a long queue', () => {
  it('is added up from the seals of its older batches, on the safe side', () => {
    const { tally, read } = readUpTo(2);
    expect(read).toEqual([3, 4, 5]);
    expect(tally.summary()).toEqual({ ...t.queue.backlog(), deferred: { count: 2, sumMinor: 20 } });
    expect(readUpTo(0).tally.summary()).toMatchObject({ count: 5, records: 5, sumMinor: 45 });
    expect(t.queue.backlog()).toMatchObject({ count: 4, records: 5, sumMinor: 45 });
  });

  it('says how old its oldest record is', () => {
    expect(readUpTo(0).tally.summary().oldestAt).toBe(t.queue.backlog().oldestAt);
  });

  it('empties as the batches are acknowledged', () => {
    const { tally } = readUpTo(0);
    tally.acknowledged(placeOf(1, 1), placeOf(1, 2));
    expect(tally.summary()).toMatchObject({ count: 3, records: 3, sumMinor: 25, deferred: { count: 2, sumMinor: 20 } });
    tally.acknowledged(placeOf(1, 3), placeOf(1, 4));
    expect(tally.summary()).toMatchObject({ count: 1, records: 1, sumMinor: 5, deferred: { count: 0, sumMinor: 0 } });
  });

  it('has a batch whose row another hand has changed read record by record', () => {
    expect(readUpTo(0, false).read).toEqual([1, 2, 3, 4, 5]);
    expect(readUpTo(0, false).tally.summary()).toEqual(t.queue.backlog());
  });

  it('counts what is no longer as it was written until it is acknowledged, as the bytes that it is', () => {
    const changed =
      "update records set canonical = replace(canonical, 'amountMinor=20', 'amountMinor=30') where sequence = 3";
    t.tamper((db) => db.exec(changed));
    expect(t.queue.backlog()).toMatchObject({ count: 4, records: 5, sumMinor: 25, unreadable: 1 });
    for (const batch of t.queue.batches.toUpload()) acknowledge(t.queue, batch);
    expect(t.queue.backlog()).toMatchObject({ count: 1, records: 1, unreadable: 0 });
  });

  it('is exact up to ten thousand records', () => {
    const before = t.queue.backlog();
    expect(t.reopen().backlog()).toEqual(before);
    const [b1] = t.queue.batches.toUpload(1);
    if (b1) acknowledge(t.queue, b1);
    expect(t.queue.backlog()).toMatchObject({ count: 2, records: 3, sumMinor: 25 });
  });
});
