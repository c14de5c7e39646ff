import { rmSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueueReadOnly } from '../open.ts';
import {
  AT,
  acknowledge,
  faultOf,
  MASTER,
  registration,
  sealBatch,
  sell,
  settle,
  type TestQueue,
  testQueue,
} from '../test-support.ts';

/** What no queue writes, put there by another hand around the schema's checks: it is named, and nothing else breaks. */
let t: TestQueue;
beforeEach(() => {
  t = testQueue();
  for (const id of ['p1', 'p2']) sell(t.queue, id);
  const batch = sealBatch(t.queue, 'b1');
  acknowledge(t.queue, batch);
  settle(t.queue, batch);
  sell(t.queue, 'p3');
  sealBatch(t.queue, 'b2');
  t.queue.payments.register(registration('p4'));
  t.queue.reversals.write({ id: 'r1', paymentId: 'p4', content: Uint8Array.of(8), at: AT });
  t.queue.commitOutcome({ paymentId: 'p4', state: 'failed', final: true, detail: {}, at: AT });
  t.queue.payments.register(registration('p5'));
  t.queue.intents.save({ paymentId: 'p5', content: Uint8Array.of(9), at: AT });
});
afterEach(() => t.end());

const put = (sql: string) =>
  t.tamper((db) => {
    db.pragma('foreign_keys = off');
    db.pragma('ignore_check_constraints = on');
    db.exec(sql);
  });
const readAll = (): number => {
  const page = t.queue.records.list({ limit: 99 });
  return 'items' in page ? page.items.length : 0;
};
const refusal = expect.objectContaining({ name: 'QueueError', code: 'bad-record' });

describe('a hash of another length', () => {
  it.each([1, 2, 3])('at record %s is no hash: the queue opens, lists, and seals', (sequence) => {
    put(`update records set hash = x'00' where sequence = ${sequence}`);
    expect(readAll()).toBeLessThan(3);
    expect(t.queue.checkHead()?.fault).toBe(sequence === 1 ? undefined : 'changed');
    t.queue.commitOutcome({ paymentId: 'p5', state: 'failed', final: true, detail: {}, at: AT, intent: 'close' });
    sell(t.queue, 'p6');
    expect(sealBatch(t.queue, 'b3')).toMatchObject({ firstSequence: 4 });
    expect(faultOf(t.queue.verify())).not.toBe('sound');
  });
});

it('a card of a list below all lists is named', () => {
  t.queue.hotlist.stage({ from: 0, to: 2, full: true, at: AT, add: ['A1'.repeat(32)], remove: [], debts: [] });
  t.queue.hotlist.adopt();
  put('insert into hotlist_cards select -5, first, cards from hotlist_cards limit 1');
  expect(t.queue.verify()).toMatchObject({ kind: 'broken', explanation: expect.stringContaining('hotlist') });
});

describe('words that are none', () => {
  it.each(['{}', 'null', '[1, null]', 'x'])('as verdicts: %s', (text) => {
    put(`update batches set disputed = '${text}' where id = 'b1'`);
    expect(readAll()).toBe(3);
    expect(t.queue.verify()).toMatchObject({ kind: 'broken', explanation: expect.stringContaining('Batch b1') });
  });

  it('as the name of a batch', () => {
    put("update batches set id = '' where id = 'b2'");
    expect(faultOf(t.queue.verify())).toBe('seal 1/3');
  });

  it.each([-1, 2n ** 62n])('as what a card owes: %s', (value) => {
    const debts = [{ id: 'd1', token: 'A1'.repeat(32), amountMinor: 500 }];
    t.queue.hotlist.stage({ from: 0, to: 2, full: true, at: AT, add: [], remove: [], debts });
    t.queue.hotlist.adopt();
    put(`update hotlist_debts set value = ${value}`);
    expectLaterLists('broken');
  });

  // A block is found by its first token; where that alone, or what lies behind its
  // cards, was another hand's, the next change of the block mends it.
  it.each([
    ["cards = x''", 'broken'],
    ["cards = x'A1'", 'broken'],
    ["cards = cast(cards || x'00' as blob)", 'sound'],
    ['cards = zeroblob(33 * 3)', 'broken'],
    ['first = zeroblob(32)', 'sound'],
    ["first = x'FF'", 'sound'],
    ['list = list + 1', 'broken'],
    ['list = 4611686018427387904', 'broken'],
  ] as const)('as a block of cards: %s', (change, after) => {
    t.queue.hotlist.apply({ version: 2, full: true, add: ['A1'.repeat(32), 'A2'.repeat(32)], remove: [], at: AT });
    put(`update hotlist_cards set ${change}`);
    expectLaterLists(after);
  });

  /** A change can be taken, which does not hide the fault, and a new list holds. */
  function expectLaterLists(afterChange: 'broken' | 'sound'): void {
    expect(t.queue.verify()).toMatchObject({ kind: 'broken' });
    const change = { from: 2, to: 3, full: false, at: AT, remove: [], debts: [] };
    t.queue.hotlist.stage({ ...change, add: ['A0'.repeat(32), 'C3'.repeat(32)] });
    t.queue.hotlist.adopt();
    while (t.queue.hotlist.tidy());
    expect(t.queue.verify().kind).toBe(afterChange);
    t.queue.hotlist.apply({ version: 4, full: true, add: ['B2'.repeat(32)], remove: [], at: AT });
    while (t.queue.hotlist.tidy());
    expect(t.queue.hotlist.contains('B2'.repeat(32))).toBe(true);
  }

  it.each(['null', '[]', '{}'])('as the lists of the hotlist: %s', (text) => {
    t.queue.hotlist.apply({ version: 2, full: true, add: ['A1'.repeat(32)], remove: [], at: AT });
    put(`update hotlist_head set lists = '${text}'`);
    expect(t.queue.hotlist.contains('A1'.repeat(32))).toBe(false);
    expect(t.queue.verify()).toMatchObject({ explanation: expect.stringContaining('hotlist') });
  });
});

describe('a schema that is another one', () => {
  it.each([
    'drop table closes',
    'alter table payments drop column detail',
    'alter table closes rename to closes_here; create view closes as select * from closes_here',
  ])('does not open: %s', (sql) => {
    expect(() => put(sql)).toThrow(expect.objectContaining({ name: 'QueueError', code: 'corrupt' }));
    // A queue that closes again when the test ends.
    rmSync(t.path);
    t.reopen();
  });
});

describe.each(['application_id = 7', 'application_id = 0', 'user_version = 0', 'user_version = 3'])(
  'a header in which another hand has put %s',
  (header) => {
    it('keeps no agent from starting: it is named, and put back', () => {
      const stranger = new BetterSqlite(t.path);
      stranger.pragma(header);
      stranger.close();
      t.queue.identity.setSetting('name', 'written meanwhile');
      const reader = openQueueReadOnly({ path: t.path, masterKey: MASTER });
      expect(reader.verify()).toMatchObject({
        fault: 'changed',
        explanation: expect.stringContaining(header.slice(0, 12)),
      });
      reader.close();
      expect(t.reopen().verify()).toMatchObject({ kind: 'sound' });
    });
  },
);

it.each([
  'create trigger t after insert on records begin delete from records where place = new.place; end',
  'create trigger t before update on batches begin select raise(ignore); end',
  'create view v as select * from payments',
])('what would run within the queue’s own transactions keeps it from opening, and is named: %s', (sql) => {
  expect(() => put(sql)).toThrow(expect.objectContaining({ name: 'QueueError', code: 'corrupt' }));
  const reader = openQueueReadOnly({ path: t.path, masterKey: MASTER });
  expect(reader.verify()).toMatchObject({ kind: 'broken', explanation: expect.stringContaining('schema') });
  reader.close();
  rmSync(t.path);
  t.reopen();
});

describe('a schema that opens, and is another one all the same', () => {
  const rewritten = (sql: string): string => `pragma writable_schema = on; ${sql}; pragma writable_schema = reset`;

  it.each([
    'drop index batches_to_upload',
    'drop index batches_to_upload; create index batches_to_upload on batches (number) where state = 0',
    'create index another on payments (reference)',
    'create table notes (text)',
    rewritten(
      "update sqlite_schema set sql = replace(sql, 'id text not null unique', 'id text collate nocase not null unique') where name = 'payments'",
    ),
  ])('is named: %s', (sql) => {
    // SQLite refuses this of a program, not of its own shell.
    t.tamper((db) => db.unsafeMode(true).exec(sql));
    expect(t.queue.verify()).toMatchObject({ kind: 'broken', explanation: expect.stringContaining('schema') });
  });

  it('an index that lacks a row is named: nobody would find the row', () => {
    t.tamper((db) => {
      db.unsafeMode(true).pragma('ignore_check_constraints = on');
      db.exec(`create temp table kept as select * from sqlite_schema where name = 'batches_to_upload';
        update batches set state = 'settled' where id = 'b2';
        ${rewritten("delete from sqlite_schema where name = 'batches_to_upload'")}`);
      db.exec("update batches set state = 'sealed' where id = 'b2'");
      db.exec(rewritten('insert into sqlite_schema select * from kept'));
    });
    expect(t.queue.batches.toUpload(9)).toEqual([]);
    expect(t.queue.verify()).toMatchObject({
      kind: 'broken',
      explanation: expect.stringContaining('batches_to_upload'),
    });
  });
});

describe('numbers', () => {
  it('that were given and are forgotten are not given again', () => {
    put('delete from sqlite_sequence');
    t.queue.commitOutcome({ paymentId: 'p5', state: 'failed', final: true, detail: {}, at: AT, intent: 'close' });
    sell(t.queue, 'p6');
    expect(sealBatch(t.queue, 'b3').firstSequence).toBe(4);
    expect(t.queue.payments.get('p6')?.state).toBe('approved');
  });

  const endPayment = () =>
    t.queue.commitOutcome({ paymentId: 'p5', state: 'failed', final: true, detail: {}, at: AT, intent: 'close' });
  const everyNumber = (): unknown[] => {
    const page = t.queue.payments.list({ limit: 99 });
    return 'items' in page ? page.items.map(({ id }) => id) : [];
  };
  const BEYOND = [2n ** 48n + 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n];

  it.each([
    'delete from sqlite_sequence',
    ...["'payments'", "'batches'"].flatMap((name) => [
      `update sqlite_sequence set name = 'x' where name = ${name}`,
      ...['seq - 1', '-1', 'null', "'x'", ...BEYOND].map(
        (seq) => `update sqlite_sequence set seq = ${seq} where name = ${name}`,
      ),
    ]),
  ])('that another hand has changed stop nothing, and stay named when more are given: %s', (sql) => {
    put(sql);
    expect(faultOf(t.queue.verify())).toBe('missing 0/0');
    endPayment();
    for (const id of ['p6', 'p7']) sell(t.queue, id);
    sealBatch(t.queue, 'b3');
    expect(everyNumber()).toEqual(['p7', 'p6', 'p5', 'p4', 'p3', 'p2', 'p1']);
    expect(faultOf(t.reopen().verify())).not.toBe('sound');
  });

  it.each(BEYOND)('of a payment beyond all that are given: %s', (number) => {
    endPayment();
    put(`update payments set number = ${number} where id = 'p1'`);
    for (const id of ['p6', 'p7']) sell(t.queue, id);
    expect(everyNumber()).toEqual(expect.arrayContaining(['p7', 'p6', 'p5', 'p4', 'p3', 'p2']));
    t.queue.payments.register(registration('p8'));
    expect(t.queue.payments.register(registration('p9'))).toMatchObject({ kind: 'busy', payment: { id: 'p8' } });
    expect(faultOf(t.reopen().verify())).not.toBe('sound');
  });

  it.each(BEYOND)('of a settlement beyond all that are given, %s: the next batch settles', (number) => {
    put(`update batches set settlement_number = ${number} where id = 'b1'`);
    const batch = t.queue.batches.get('b2') ?? expect.fail();
    acknowledge(t.queue, batch);
    settle(t.queue, batch);
    expect(t.queue.batches.get('b2')?.state).toBe('settled');
    expect(faultOf(t.queue.verify())).not.toBe('sound');
  });

  it.each(["('payments', 1)", "('other', 1)", '(null, 1)'])(
    'a second or another row of those that count them is named: %s',
    (row) => {
      put(`insert into sqlite_sequence (name, seq) values ${row}`);
      expect(faultOf(t.queue.verify())).not.toBe('sound');
    },
  );

  it.each([2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n])('of a record beyond its epoch: %s', (place) => {
    endPayment();
    put(`update records set place = ${place} where sequence = 1`);
    sell(t.queue, 'p6');
    expect(t.queue.payments.get('p6')?.record?.sequence).toBe(4);
    expect(faultOf(t.queue.verify())).toBe('missing 1/1');
  });

  it('of a record that is the last one of its epoch: nothing is sold, with a reason', () => {
    endPayment();
    put('update records set place = 8589934591 where sequence = 1');
    expect(() => sell(t.queue, 'p6')).toThrow(refusal);
  });

  it.each([2n ** 53n - 1n, 2n ** 63n - 1n])(
    'the end of a batch or a close, %s: the queue opens, and names it',
    (place) => {
      t.queue.closes.open({ id: 'c1', at: AT });
      put(`update batches set last_place = ${place} where id = 'b2'; update closes set last_place = ${place}`);
      expect(t.queue.backlog().records).toBeGreaterThan(0);
      expect(t.queue.closes.waiting()).toEqual([]);
      expect(faultOf(t.queue.verify())).not.toBe('sound');
    },
  );

  it('a number that is none: the payment cannot be changed, and says why', () => {
    put("update payments set number = 9007199254740993 where id = 'p5'");
    expect(endPayment).toThrow(refusal);
  });

  it('an amount below nothing: the payment ends, and is named', () => {
    put("update payments set amount_minor = -1 where id = 'p5'");
    expect(endPayment().payment.state).toBe('failed');
    expect(t.queue.verify()).toMatchObject({ kind: 'broken' });
  });
});

describe('a count of changes beyond all numbers', () => {
  it.each(['settings', 'payments', 'intents', 'reversals', 'batches', 'spendings'])(
    'in %s: the queue opens, sells, and names it',
    (table) => {
      put(`update ${table} set changes = 9223372036854775807 `);
      expect(t.queue.verify().kind).toBe('broken');
      t.queue.commitOutcome({ paymentId: 'p5', state: 'failed', final: true, detail: {}, at: AT, intent: 'close' });
      sell(t.queue, 'p6');
      t.reopen();
      expect(t.queue.verify().kind).toBe('broken');
      expect(t.queue.payments.get('p6')?.state).toBe('approved');
    },
  );
});

describe('a rotation of the keys', () => {
  it.each([
    ['an intent whose payment is gone', "delete from payments where id = 'p5'"],
    ['a reversal whose payment is gone', "delete from payments where id = 'p4'"],
    ['a record with a place that is none', 'update records set place = 9007199254740993 where sequence = 3'],
    ['a reversal with a number that is none', 'update reversals set number = 9007199254740993'],
    ['a count that is none', 'update reversals set attempts = 9223372036854775807'],
  ])('goes on past %s, which verify names', (_what, sql) => {
    put(sql);
    t.queue.keys.begin();
    for (let steps = 0; t.queue.keys.goOn() !== 'done'; steps++) expect(steps).toBeLessThan(99);
    expect(t.queue.records.pan(1, 1)).toBeDefined();
    expect(faultOf(t.reopen().verify())).not.toBe('sound');
  });
});
