import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueueError } from '../database/errors.ts';
import type { Verification } from '../interface/queue.ts';
import { openQueueReadOnly } from '../open.ts';
import {
  AT,
  acknowledge,
  approval,
  faultOf,
  MASTER,
  registration,
  sealBatch,
  sell,
  settle,
  type TestQueue,
  testQueue,
} from '../test-support.ts';

/**
 * A queue with a row of every kind in every state: seven records (1–2 settled, 3 acknowledged, 4 submitted, 5 sealed, 6–7 in
 * no batch), an undecided payment, one with an open intent, reversals, settings, a hotlist, a key under way.
 */
function fill({ queue }: TestQueue): void {
  for (const id of ['p1', 'p2']) sell(queue, id);
  const settled = sealBatch(queue, 'b1');
  acknowledge(queue, settled, { 2: 'wrong-cryptogram' });
  settle(queue, settled);
  queue.batches.centrallyAcknowledged('b1', AT);
  sell(queue, 'p3', 30);
  acknowledge(queue, sealBatch(queue, 'b2'));
  sell(queue, 'p4', 40);
  sealBatch(queue, 'b3');
  queue.batches.submitted('b3', AT);
  sell(queue, 'p5', 50);
  sealBatch(queue, 'b4');
  undecided(queue, 'p6');
  sell(queue, 'p7', 70);
  failWithReversals(queue, 'p8');
  queue.payments.register(registration('p9'));
  queue.intents.save({ paymentId: 'p9', content: Uint8Array.of(9), at: AT });
  queue.closes.open({ id: 'c1', at: AT });
  queue.identity.setSetting('cursor', 'c1');
  queue.identity.nextSigningKey();
  queue.hotlist.apply({ version: 2, full: true, add: ['A1'.repeat(32)], remove: [], at: AT });
  changeHotlist(queue);
}

/** A change that is not merged yet, and a part of the next one. */
function changeHotlist({ hotlist }: TestQueue['queue']): void {
  const change = { from: 2, to: 3, full: false, at: AT, add: ['B2'.repeat(32)], remove: [] };
  hotlist.stage({ ...change, debts: [{ id: 'd1', token: 'C3'.repeat(32), amountMinor: 500 }] });
  hotlist.adopt();
  hotlist.stage({ ...change, from: 3, to: 4, through: 'D4'.repeat(32), add: ['D4'.repeat(32)], debts: [] });
}

function undecided(queue: TestQueue['queue'], id: string): void {
  queue.payments.register(registration(id));
  queue.intents.save({ paymentId: id, content: Uint8Array.of(6), at: AT });
  const outcome = approval(id, { outcome: 'undecided', fundedBy: 'none', debited: 'unknown' });
  queue.commitOutcome({ ...outcome, state: 'undecided', intent: 'undecided' });
}

function failWithReversals(queue: TestQueue['queue'], id: string): void {
  queue.payments.register(registration(id));
  for (const reversal of ['r1', 'r2', 'r3']) {
    queue.reversals.write({ id: reversal, paymentId: id, content: Uint8Array.of(8), at: AT });
  }
  const failed = { paymentId: id, state: 'failed', final: true, detail: { reason: 'restarted' }, at: AT };
  queue.commitOutcome({ ...failed, cancelReversal: 'r1' });
  queue.reversals.attempted('r2', AT);
  queue.reversals.acknowledged('r2', AT);
}

let folder: string;
let original: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-tamper-'));
  original = join(folder, 'original.db');
  const t = testQueue();
  fill(t);
  t.queue.close();
  copyFileSync(t.path, original);
  copyFileSync(`${t.path}.tail`, `${original}.tail`);
  t.reopen();
  t.end();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Changes a copy as somebody with sqlite3 would, and says what verify says of it. */
function tampered(change: (db: BetterSqlite.Database) => void): Verification {
  const path = join(folder, 'copy.db');
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  copyFileSync(original, path);
  copyFileSync(`${original}.tail`, `${path}.tail`);
  const db = new BetterSqlite(path);
  db.pragma('foreign_keys = off');
  db.pragma('ignore_check_constraints = on');
  change(db);
  db.close();
  const queue = openQueueReadOnly({ path, masterKey: MASTER });
  try {
    return queue.verify();
  } finally {
    queue.close();
  }
}

const found = (sql: string): string => faultOf(tampered((db) => db.exec(sql)));

const TABLES = [
  'keys',
  'identities',
  'settings',
  'payments',
  'intents',
  'reversals',
  'records',
  'batches',
  'closes',
  'hotlist_cards',
  'hotlist_debts',
  'hotlist_head',
  'spendings',
];

interface Column {
  readonly name: string;
  readonly type: string;
}

const inOriginal = <T>(read: (db: BetterSqlite.Database) => T): T => {
  const db = new BetterSqlite(original, { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
};

function changedValue(value: unknown, type: string): unknown {
  if (type === 'INTEGER') return Number(value ?? 0) + 1000;
  if (type === 'TEXT') return `${value ?? ''}x`;
  const bytes = Buffer.from((value as Buffer | null) ?? [0]);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}

/** Changes one value of one row after the other; gives those that verify did not find. */
function unnoticed(table: string, { name, type }: Column): string[] {
  const key = keyOf(table);
  const rows = inOriginal((db) => db.prepare(`select * from ${table}`).all() as Row[]);
  return rows
    .filter((row) => {
      try {
        const verification = tampered((db) => {
          const change = db.prepare(`update ${table} set ${name} = ? where ${key.where}`);
          expect(change.run(changedValue(row[name], type), ...key.of(row)).changes).toBe(1);
        });
        return verification.kind === 'sound';
      } catch (error) {
        if (error instanceof QueueError) return false; // the data key itself: the queue does not open
        throw error;
      }
    })
    .map((row) => `${table}.${name} of ${key.of(row).map(String)}`);
}

interface Row {
  readonly [column: string]: unknown;
}

interface Key {
  readonly where: string;
  of(row: Row): readonly unknown[];
}

function keyOf(table: string): Key {
  const columns = inOriginal(
    (db) => db.prepare(`select name from pragma_table_info('${table}') where pk > 0`).pluck().all() as string[],
  );
  return {
    where: columns.map((column) => `${column} = ?`).join(' and '),
    of: (row) => columns.map((column) => row[column]),
  };
}

describe('a value changed by hand', () => {
  it('the queue as it was filled is sound', () => {
    expect(tampered(() => {})).toMatchObject({ kind: 'sound', records: 7, batches: 4 });
    const filled = inOriginal((db) =>
      TABLES.filter((table) => db.prepare(`select 1 from ${table}`).get() === undefined),
    );
    expect(filled).toEqual([]);
  });

  it('no table is left out here', () => {
    const names = inOriginal((db) => db.prepare("select name from sqlite_schema where type = 'table'").pluck().all());
    // Archives have tests of their own.
    expect(names.sort()).toEqual([...TABLES, 'archives', 'sqlite_sequence'].sort());
  });

  it.each(TABLES)('is found in every column and row of %s', (table) => {
    const columns = inOriginal(
      (db) => db.prepare(`select name, type from pragma_table_info('${table}')`).all() as Column[],
    );
    expect(columns.flatMap((column) => unnoticed(table, column))).toEqual([]);
  });
});

describe('a row deleted by hand', () => {
  it.each(TABLES.filter((table) => table !== 'keys'))('is found in %s, whichever it is', (table) => {
    const key = keyOf(table);
    const rows = inOriginal((db) => db.prepare(`select * from ${table}`).all() as Row[]);
    const kept = rows.filter(
      (row) =>
        tampered((db) => db.prepare(`delete from ${table} where ${key.where}`).run(...key.of(row))).kind === 'sound',
    );
    expect(kept).toEqual([]);
  });

  it('is found when all that is newer goes with it', () => {
    const newest = 'place >= 4294967296 + 6';
    expect(found(`delete from records where ${newest}; delete from payments where record_${newest}`)).toBe(
      'missing 0/0',
    );
  });
});

describe('what verify says', () => {
  const row = (sequence: number) => `place = 4294967296 + ${sequence}`;
  const cases: readonly [string, string, string][] = [
    [
      'an amount',
      `update records set canonical = replace(canonical, 'amountMinor=30', 'amountMinor=31') where ${row(3)}`,
      'changed 1/3',
    ],
    ['a hash', `update records set hash = zeroblob(32) where ${row(3)}`, 'changed 1/3'],
    ['text that is no record', `update records set canonical = 'x' where ${row(4)}`, 'unreadable 1/4'],
    [
      'another terminal',
      `update records set canonical = replace(canonical, 'JD-T-0001', 'JD-T-0002') where ${row(2)}`,
      'foreign 1/2',
    ],
    [
      'another epoch',
      `update records set canonical = replace(canonical, 'epoch=1', 'epoch=2') where ${row(2)}`,
      'foreign 1/2',
    ],
    ['a missing record', `delete from records where ${row(3)}`, 'missing 1/3'],
    ['the first record missing', `delete from records where ${row(1)}`, 'missing 1/1'],
    [
      'a record of an epoch that never was',
      'update records set place = place + 4294967296 where place > 4294967301',
      'foreign 2/6',
    ],
    [
      'two rows in each other’s place',
      `update records set place = 0 where ${row(2)}; update records set ${row(2)} where ${row(3)}; update records set ${row(3)} where place = 0`,
      'reordered 1/2',
    ],
    [
      'two PANs in each other’s place',
      `create temp table pans as select place, pan from records; update records set pan = (select pan from pans where ${row(1)}) where ${row(2)}`,
      'changed 1/2',
    ],
    ['a PAN that is gone', `update records set pan = null where ${row(2)}`, 'changed 1/2'],
    ['the end cut off within a batch', `delete from records where place > 4294967300`, 'truncated 1/5'],
    ['the end cut off after the last batch', `delete from records where place > 4294967301`, 'truncated 1/6'],
    ['all records gone', 'delete from records', 'truncated 1/1'],
    ['a total', "update batches set total_minor = 1 where id = 'b3'", 'seal 1/4'],
    ['a signature', "update batches set signature = zeroblob(64) where id = 'b4'", 'seal 1/5'],
    [
      'an acknowledgement',
      "update batches set acknowledgement = replace(acknowledgement, 'accepted', 'disputed') where id = 'b2'",
      'acknowledgement 1/3',
    ],
    [
      'another batch’s acknowledgement',
      "update batches set acknowledgement = (select acknowledgement from batches where id = 'b1') where id = 'b2'",
      'acknowledgement 1/3',
    ],
    ['verdicts beside it', "update batches set disputed = '[]' where id = 'b1'", 'acknowledgement 1/2'],
    [
      'a settlement',
      "update batches set settlement = replace(settlement, '2560', '9999') where id = 'b1'",
      'acknowledgement 1/2',
    ],
    ['a state set back', "update batches set state = 'sealed', acknowledgement = null where id = 'b2'", 'changed 0/0'],
    ['a payment’s amount', "update payments set amount_minor = 1 where id = 'p2'", 'changed 0/0'],
    ['a payment’s state', "update payments set state = 'declined' where id = 'p2'", 'changed 0/0'],
  ];

  it.each(cases)('of %s', (_what, sql, expected) => {
    expect(found(sql)).toBe(expected);
  });

  it('names the row and what to do, in words', () => {
    const missing = tampered((db) => db.exec(`delete from records where ${row(3)}`));
    expect(missing).toMatchObject({
      explanation:
        'Record 3 of epoch 1 is missing. Stop the agent, keep a copy of the queue file as it is and delete nothing. ' +
        'The centre has its own copy of what was uploaded: compare with it, then call support.',
    });
  });

  it('of a record swapped for a good one of another queue with the same keys', () => {
    const other = testQueue();
    sell(other.queue, 'p1', 9_999);
    const stored = other.queue.records.get(1, 1);
    other.queue.close();
    const swapped = tampered((db) => {
      db.prepare(`update records set canonical = ?, hash = ? where ${row(1)}`).run(
        Buffer.from(stored?.canonical ?? []).toString(),
        stored?.hash,
      );
    });
    expect(faultOf(swapped)).toBe('changed 1/2');
    other.reopen();
    other.end();
  });

  it('of a second row beside the one that says which list holds', () => {
    const columns = 'version, hash, updated_at, entries, debts, lists, tag, changes + 1000';
    expect(found(`insert into hotlist_head select 2, ${columns} from hotlist_head`)).toBe('changed 0/0');
  });

  it('of an intent sealed for another payment', () => {
    const moved = 'update intents set sealed = (select sealed from intents where payment = 6) where payment = 9';
    expect(found(moved)).toBe('changed 0/0');
  });
});
