import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueueError } from '../database/errors.ts';
import type { Queue } from '../interface/queue.ts';
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

/** What is between two copies of the file: each step leaves rows in another state. */
const STEPS: readonly ((queue: Queue) => void)[] = [
  (queue) => {
    sell(queue, 'p1');
    queue.identity.setSetting('parameters', 'loose');
    queue.hotlist.apply({ version: 1, full: true, add: [], remove: [], at: AT });
    queue.tls.keepNextKey(Uint8Array.of(1));
    queue.tls.adopt('one');
  },
  (queue) => {
    queue.payments.register(registration('p2'));
    queue.reversals.write({ id: 'r1', paymentId: 'p2', content: Uint8Array.of(8), at: AT });
    queue.intents.save({ paymentId: 'p2', content: Uint8Array.of(1), at: AT });
    sealBatch(queue, 'b1');
    queue.closes.open({ id: 'c1', at: AT });
  },
  (queue) => {
    queue.intents.save({ paymentId: 'p2', content: Uint8Array.of(2), at: AT });
    queue.identity.setSetting('parameters', 'tight');
    queue.hotlist.apply({ version: 2, full: true, add: ['A1'.repeat(32)], remove: [], at: AT });
    acknowledge(queue, queue.batches.get('b1') ?? expect.fail());
    queue.closes.compared(1, { report: [], complete: true }, AT);
  },
  (queue) => {
    const undecided = approval('p2', { outcome: 'undecided', fundedBy: 'none', debited: 'unknown' });
    queue.commitOutcome({ ...undecided, state: 'undecided', intent: 'undecided' });
    queue.reversals.attempted('r1', AT);
    settle(queue, queue.batches.get('b1') ?? expect.fail());
    queue.tls.keepNextKey(Uint8Array.of(2));
  },
  (queue) => {
    queue.reversals.acknowledged('r1', AT);
    queue.tls.adopt('two');
    sell(queue, 'p3');
    queue.payments.register(registration('p4'));
    queue.payments.update('p4', { state: 'card-present', at: AT });
  },
  (queue) => {
    queue.payments.update('p4', { state: 'failed', final: true, at: AT });
    const breaker = { draft: { outcome: 'declined', fundedBy: 'none', debited: 'none' } } as const;
    queue.payments.register(registration('p5'));
    const declined = approval('p5', breaker.draft);
    queue.commitOutcome({ ...declined, state: 'declined', breaker: 'card' });
  },
];

const TABLES = [
  ...['keys', 'identities', 'settings', 'payments', 'intents', 'reversals', 'batches', 'closes', 'hotlist_head'],
  'spendings',
];

let t: TestQueue;
const copy = (name: string): string => join(t.folder, name);
beforeAll(() => {
  t = testQueue();
  for (const [at, step] of STEPS.entries()) {
    step(t.queue);
    t.queue.close();
    for (const suffix of ['', '.tail']) copyFileSync(`${t.path}${suffix}`, copy(`${at}.db${suffix}`));
    t.reopen();
  }
});
afterAll(() => t.end());

type Row = Record<string, unknown>;

const rowsOf = (path: string, table: string): Row[] => {
  const db = new BetterSqlite(path, { readonly: true });
  try {
    return db.prepare(`select * from ${table}`).all() as Row[];
  } finally {
    db.close();
  }
};

/** What verify says of the newest copy once a row of an older one is put into it. */
function afterPutting(table: string, row: Row): string {
  const path = copy('changed.db');
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  for (const suffix of ['', '.tail']) copyFileSync(copy(`${STEPS.length - 1}.db${suffix}`), `${path}${suffix}`);
  const db = new BetterSqlite(path);
  db.pragma('foreign_keys = off');
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join();
  db.prepare(`insert or replace into ${table} (${columns.join()}) values (${places})`).run(...Object.values(row));
  db.close();
  try {
    const queue = openQueueReadOnly({ path, masterKey: MASTER });
    try {
      return faultOf(queue.verify());
    } finally {
      queue.close();
    }
  } catch (error) {
    if (error instanceof QueueError) return error.code;
    throw error;
  }
}

describe('a row put back as it once was, with the tag that it had then', () => {
  it.each(TABLES)('is found in %s', (table) => {
    const newest = new Set(rowsOf(copy(`${STEPS.length - 1}.db`), table).map((row) => JSON.stringify(row)));
    const older = STEPS.flatMap((_, at) => rowsOf(copy(`${at}.db`), table));
    const others = [...new Map(older.map((row) => [JSON.stringify(row), row]))].filter(([text]) => !newest.has(text));
    if (table !== 'identities') expect(others.length).toBeGreaterThan(0);
    const unnoticed = others.filter(([, row]) => afterPutting(table, row) === 'sound').map(([text]) => text);
    expect(unnoticed).toEqual([]);
  });

  it('keeps the agent from selling when it is started, and no change makes up for it', () => {
    const [older] = rowsOf(copy('0.db'), 'settings').filter(({ name }) => name === 'parameters');
    const set = 'update settings set value = @value, changes = @changes, tag = @tag where name = @name';
    t.tamper((db) => db.prepare(set).run(older));
    const asItWas = { fault: 'changed', explanation: expect.stringContaining('as it once was') };
    for (const value of ['1', '2', '3', '4']) {
      expect([t.queue.checkHead(), t.queue.verify()]).toMatchObject([asItWas, asItWas]);
      t.queue.identity.setSetting('parameters', value);
      t.queue.identity.setSetting(`another ${value}`, '');
      t.reopen();
    }
    expect(t.queue.verify()).toMatchObject(asItWas);
  });
});

describe('whoever takes the file away that tells', () => {
  it('does not get a new one, whatever else is taken away', () => {
    t.queue.close();
    rmSync(`${t.path}.tail`);
    const db = new BetterSqlite(t.path);
    db.exec("delete from keys where name in ('tail', 'tls'); delete from settings; delete from hotlist_head");
    db.close();
    t.reopen();
    expect(faultOf(t.queue.verify())).not.toBe('sound');
    expect(existsSync(`${t.path}.tail`)).toBe(false);
  });
});
