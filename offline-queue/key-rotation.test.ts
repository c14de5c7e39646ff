import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queue } from './interface/queue.ts';
import { loadMasterKey } from './keys/key-store.ts';
import { openQueue, openQueueReadOnly } from './open.ts';
import {
  AT,
  acknowledge,
  approval,
  countingRandom,
  faultOf,
  IDENTITY,
  RICH,
  registration,
  sealBatch,
  sell,
  settle,
} from './test-support.ts';

let folder: string;
let queue: Queue;
const random = countingRandom();

const files = (home = folder) => ({ path: join(home, 'queue.db'), key: join(home, 'master.key') });
const open = (home = folder): Queue => {
  const { path, key } = files(home);
  return openQueue({ path, masterKey: loadMasterKey(key, random), random });
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-rotation-'));
  queue = open();
});
afterEach(() => {
  queue.close();
  rmSync(folder, { recursive: true, force: true });
});

const INTENT = Uint8Array.from(Buffer.from('what an intent holds'));
const REVERSAL = Uint8Array.from(Buffer.from('what a reversal holds'));

/** A row in every table. */
function fill(records = 3): void {
  queue.identity.enrol(IDENTITY);
  for (let at = 1; at <= records; at++) sell(queue, `p${at}`);
  const batch = sealBatch(queue, 'b1');
  acknowledge(queue, batch);
  settle(queue, batch);
  queue.closes.open({ id: 'c1', at: AT });
  queue.payments.register(registration('failed'));
  queue.reversals.write({ id: 'r1', paymentId: 'failed', content: REVERSAL, at: AT });
  queue.commitOutcome({ paymentId: 'failed', state: 'failed', final: true, detail: { reason: 'restarted' }, at: AT });
  queue.payments.register(registration('open'));
  queue.intents.save({ paymentId: 'open', content: INTENT, at: AT });
  queue.identity.setSetting('cursor', 'c1');
  queue.identity.nextSigningKey();
  queue.hotlist.apply({ version: 2, full: true, add: ['A1'.repeat(32), 'B2'.repeat(32)], remove: [], at: AT });
}

/** What must be readable whatever the keys. */
function expectEverything(of: Queue, records: number): void {
  expect(of.verify()).toMatchObject({ kind: 'sound', records });
  expect(of.identity.get()).toEqual(IDENTITY);
  expect(of.intents.pending().map(({ content }) => Buffer.from(content))).toEqual([Buffer.from(INTENT)]);
  expect(of.reversals.due().map(({ content }) => Buffer.from(content))).toEqual([Buffer.from(REVERSAL)]);
  expect(of.records.pan(1, 1)?.reveal()).toBe(RICH.reveal());
  expect(of.identity.setting('cursor')).toBe('c1');
}

const goOnToTheEnd = (of: Queue): void => {
  while (of.keys.goOn() !== 'done');
};

const inFile = <T>(read: (db: BetterSqlite.Database) => T): T => {
  const db = new BetterSqlite(files().path, { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
};
/** Every sealed value and tag, by its place. */
const sealedValues = (): Map<string, string> =>
  inFile((db) => {
    const found = new Map<string, string>();
    for (const [table, key, column] of SEALED) {
      const rows = db.prepare(`select ${key} as key, ${column} as value from ${table}`).all();
      for (const row of rows as { key: unknown; value: Buffer }[])
        found.set(`${table}.${column} of ${String(row.key)}`, row.value.toString('hex'));
    }
    return found;
  });
const SEALED = [
  ['keys', 'name', 'sealed'],
  ['identities', 'epoch', 'sealed'],
  ['intents', 'payment', 'sealed'],
  ['intents', 'payment', 'tag'],
  ['reversals', 'number', 'sealed'],
  ['reversals', 'number', 'tag'],
  ['records', 'place', 'pan'],
  ['payments', 'number', 'tag'],
  ['batches', 'number', 'tag'],
  ['settings', 'name', 'tag'],
  ['hotlist_head', 'id', 'tag'],
  ['archives', 'number', 'tag'],
  ['closes', 'number', 'tag'],
  ['spendings', 'name', 'tag'],
] as const;

describe('rotating the keys', () => {
  it('no column that is sealed or tagged is left out here', () => {
    const columns = inFile((db) =>
      db
        .prepare(
          `select t.name || '.' || c.name from sqlite_schema t, pragma_table_info(t.name) c
           where t.type = 'table' and c.type = 'BLOB' order by 1`,
        )
        .pluck()
        .all(),
    );
    // Covered by the chain, by a row's tag, or by the hotlist's digest.
    const batches = ['batches.chain_head', 'batches.merkle_root', 'batches.signature', 'records.hash'];
    const archives = ['archives.digest', 'archives.hash_before', 'archives.hash_at'];
    const rest = [...batches, ...archives, 'hotlist_cards.first', 'hotlist_cards.cards', 'hotlist_debts.token'];
    expect(columns).toEqual([...SEALED.map(([table, , column]) => `${table}.${column}`), ...rest].sort());
  });

  it('seals and tags every row anew, under a data key and a master key that are new', () => {
    fill();
    const [before, masterBefore] = [sealedValues(), readFileSync(files().key)];
    expect(queue.keys.begin()).toEqual({ masterKey: 'new' });
    expect(queue.keys.underWay()).toBe(true);
    goOnToTheEnd(queue);
    expect(queue.keys.underWay()).toBe(false);
    const after = sealedValues();
    expect([...after.keys()].filter((place) => place !== 'keys.sealed of hotlist-digest')).toEqual([...before.keys()]);
    expect([...after].filter(([place, value]) => before.get(place) === value)).toEqual([]);
    expect(readFileSync(files().key)).not.toEqual(masterBefore);
    expectEverything(queue, 3);
    queue.close();
    queue = open();
    expectEverything(queue, 3);
  });

  it('leaves nothing of the old keys in the files', () => {
    fill();
    const old = [...sealedValues()].filter(([place]) => !place.startsWith('keys.sealed of hotlist'));
    queue.keys.begin();
    goOnToTheEnd(queue);
    const disk = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toString('hex');
    expect(old.filter(([, value]) => disk.includes(value)).map(([place]) => place)).toEqual([]);
  });

  it('goes on beside payments, and beside a reader', () => {
    fill(101);
    queue.keys.begin();
    let sold = 0;
    do {
      sold += 1;
      queue.payments.update('open', { state: 'card-present', at: AT });
      queue.intents.save({ paymentId: 'open', content: INTENT, at: AT });
      queue.identity.setSetting('cursor', 'c1');
      queue.hotlist.apply({
        version: 2 + sold,
        full: false,
        add: [sold.toString(16).padStart(64, '0').toUpperCase()],
        remove: [],
        at: AT,
      });
      const { path, key } = files();
      const reader = openQueueReadOnly({ path, masterKey: loadMasterKey(key) });
      expect(reader.verify().kind).toBe('sound');
      reader.close();
    } while (queue.keys.goOn() !== 'done');
    expectEverything(queue, 101);
    expect(sold).toBeGreaterThan(10);
    queue.commitOutcome({ ...approval('open'), at: AT });
    expect(queue.verify()).toMatchObject({ kind: 'sound', records: 102 });
  });

  it('is nobody’s fault for a reader that was opened before: it is to look again', () => {
    fill();
    const { path, key } = files();
    const reader = openQueueReadOnly({ path, masterKey: loadMasterKey(key) });
    queue.keys.begin();
    goOnToTheEnd(queue);
    expect(() => reader.verify()).toThrow(expect.objectContaining({ name: 'QueueError', code: 'busy' }));
    reader.close();
    const again = openQueueReadOnly({ path, masterKey: loadMasterKey(key) });
    expect(again.verify().kind).toBe('sound');
    again.close();
  });

  it('waits for a reader before it is done, since the log may still hold what was erased', () => {
    fill();
    const { path } = files();
    const reader = new BetterSqlite(path, { readonly: true });
    reader.exec('begin');
    reader.prepare('select count(*) from payments').get();
    queue.keys.begin();
    while (queue.keys.goOn() === 'more');
    expect(queue.keys.goOn()).toBe('waits');
    expect(queue.keys.underWay()).toBe(true);
    reader.exec('rollback');
    reader.close();
    goOnToTheEnd(queue);
    expect(queue.keys.underWay()).toBe(false);
  });

  it('is taken up after a crash at any step', () => {
    fill();
    queue.keys.begin();
    const crashed = join(folder, 'crashed');
    let steps = 0;
    do {
      steps += 1;
      rmSync(crashed, { recursive: true, force: true });
      for (const name of readdirSync(folder).filter((one) => one !== 'crashed'))
        cpSync(join(folder, name), join(crashed, name));
      const next = open(crashed);
      expect(Buffer.from(next.intents.pending()[0]?.content ?? [])).toEqual(Buffer.from(INTENT));
      goOnToTheEnd(next);
      next.close();
      const again = open(crashed);
      expect(again.keys.underWay()).toBe(false);
      expectEverything(again, 3);
      again.close();
    } while (queue.keys.goOn() !== 'done');
    expect(steps).toBeGreaterThan(8);
  });

  it('is not begun twice, and can be done again', () => {
    fill();
    queue.keys.begin();
    const once = sealedValues();
    expect(queue.keys.begin()).toEqual({ masterKey: 'same' });
    expect(sealedValues()).toEqual(once);
    goOnToTheEnd(queue);
    queue.keys.begin();
    goOnToTheEnd(queue);
    expectEverything(queue, 3);
  });

  it('changes nothing when the key store fails', () => {
    fill();
    queue.close();
    const broken = new Error('no');
    const master = loadMasterKey(files().key, random);
    const failing = {
      ...master,
      renew: () => {
        throw broken;
      },
    };
    queue = openQueue({ path: files().path, masterKey: failing, random });
    const before = sealedValues();
    // The key of the digest is kept before the store is asked.
    const isKept = ([place]: readonly [string, unknown]) => !/hotlist-digest$|sealed-rows$/.test(place);
    expect(() => queue.keys.begin()).toThrow(broken);
    expect(queue.keys.underWay()).toBe(false);
    expect([...sealedValues()].filter(isKept)).toEqual([...before].filter(isKept));
    expectEverything(queue, 3);
  });

  it.each<readonly [string, (key: string) => void]>([
    ['another queue’s', (key) => writeFileSync(key, new Uint8Array(32).fill(9))],
    ['none', (key) => rmSync(key)],
  ])('begins only while the master key is in its place: there is %s', (_, replace) => {
    fill();
    const { key } = files();
    const own = readFileSync(key);
    replace(key);
    const there = readdirSync(folder);
    expect(() => queue.keys.begin()).toThrow(expect.objectContaining({ code: 'wrong-key' }));
    expect(readdirSync(folder)).toEqual(there);
    if (there.includes('master.key')) expect(readFileSync(key)).toEqual(Buffer.alloc(32, 9));
    writeFileSync(key, own, { mode: 0o600 });
    expect(queue.keys.begin()).toEqual({ masterKey: 'new' });
    goOnToTheEnd(queue);
    expectEverything(queue, 3);
  });

  it('goes on naming a row that was changed by hand before it', () => {
    fill();
    queue.close();
    const db = new BetterSqlite(files().path);
    db.exec("update payments set amount_minor = 1 where id = 'failed'");
    db.close();
    queue = open();
    queue.keys.begin();
    goOnToTheEnd(queue);
    expect(faultOf(queue.verify())).toBe('changed 0/0');
  });
});
