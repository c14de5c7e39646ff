import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hex, Secret } from '../../emv/values/index.ts';
import { openQueue, openQueueReadOnly } from '../open.ts';
import {
  AT,
  countingRandom,
  IDENTITY,
  MASTER,
  registration,
  sell,
  sellSettled,
  type TestQueue,
  testQueue,
} from '../test-support.ts';
import { Database, openDatabase } from './database.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const random = countingRandom();
const refusal = (code: string) => expect.objectContaining({ name: 'QueueError', code });
const reader = (masterKey: Uint8Array | Secret = MASTER) => openQueueReadOnly({ path: t.path, masterKey });

describe('opening', () => {
  it('writes ahead and through to the disk, on every open', () => {
    for (const open of [1, 2, 3]) {
      const path = join(t.folder, 'other.db');
      const db = openDatabase(path);
      const pragma = (name: string) => db.prepare<{ [name: string]: unknown }>(`pragma ${name}`).get();
      expect([open, pragma('synchronous'), pragma('journal_mode')]).toEqual([
        open,
        { synchronous: 2 },
        { journal_mode: 'wal' },
      ]);
      expect(pragma('foreign_keys')).toEqual({ foreign_keys: 1 });
      expect(pragma('secure_delete')).toEqual({ secure_delete: 1 });
      expect(pragma('temp_store')).toEqual({ temp_store: 2 });
      expect(pragma('busy_timeout')).toEqual({ timeout: 2000 });
      db.transaction(() => db.prepare("insert into keys values ('x', x'00') on conflict do nothing").run());
      expect(pragma('synchronous')).toEqual({ synchronous: 2 });
      db.close();
    }
  });

  it('notices a connection that has fallen back to NORMAL when it first writes', () => {
    const connection = new BetterSqlite(join(t.folder, 'normal.db'));
    connection.pragma('synchronous = normal');
    const db = new Database(connection);
    expect(() => db.transaction(() => {})).toThrow(refusal('not-durable'));
    db.close();
  });

  it('writes nothing more when the disk has not confirmed what the log held', () => {
    const connection = new BetterSqlite(join(t.folder, 'unconfirmed.db'));
    connection.pragma('synchronous = full');
    const failures: string[] = [];
    const db = new Database(connection, ({ code }) => failures.push(code));
    const failing = vi.spyOn(connection, 'pragma').mockImplementation((source) => {
      if (source.startsWith('wal_checkpoint')) throw new BetterSqlite.SqliteError('disk', 'SQLITE_IOERR_FSYNC');
    });
    expect(() => db.emptyLog()).toThrow(refusal('sync-failed'));
    failing.mockRestore();
    expect(failures).toEqual(['sync-failed']);
    expect(() => db.transaction(() => {})).toThrow(refusal('sync-failed'));
    expect(() => db.emptyLog()).toThrow(refusal('sync-failed'));
    db.close();
  });

  it('makes the folders on the way, and keeps the files from everybody else', () => {
    const path = join(t.folder, 'a', 'b', 'queue.db');
    openQueue({ path, masterKey: MASTER, random }).close();
    expect(statSync(join(t.folder, 'a')).mode & 0o077).toBe(0);
    sell(t.queue, 'p1');
    for (const suffix of ['', '-wal', '-shm', '.lock']) expect(statSync(`${t.path}${suffix}`).mode & 0o077).toBe(0);
  });

  it('gives the log its room at once, so that a commit makes no file longer', () => {
    const bytes = () => statSync(`${t.path}-wal`).size;
    const given = bytes();
    expect(given).toBeGreaterThan(4_000_000);
    for (let at = 0; at < 50; at++) t.queue.identity.setSetting('turn', String(at));
    expect(bytes()).toBe(given);
  });

  it('reads a log that has room and nothing else as an empty one', () => {
    sell(t.queue, 'p1');
    t.queue.close();
    const room = Buffer.alloc(4_532_000, 0xff);
    writeFileSync(`${t.path}-wal`, room, { mode: 0o600 });
    const copy = reader();
    expect(copy.records.head().sequence).toBe(1);
    copy.close();
    writeFileSync(`${t.path}-wal`, room, { mode: 0o600 });
    expect(t.reopen().records.head().sequence).toBe(1);
    expect(t.queue.verify()).toMatchObject({ kind: 'sound' });
  });

  it('begins no new queue beside the log of one whose file is gone', () => {
    sell(t.queue, 'p1');
    const lost = join(t.folder, 'lost');
    mkdirSync(lost);
    // As after a kill: what was committed is in the log.
    for (const name of ['queue.db', 'queue.db-wal']) copyFileSync(join(t.folder, name), join(lost, name));
    const path = join(lost, 'queue.db');
    renameSync(path, join(lost, 'moved.db'));
    const open = () => openQueue({ path, masterKey: MASTER, random });
    expect(open).toThrow(refusal('cannot-open'));
    expect(open).toThrow('put the file back');
    renameSync(join(lost, 'moved.db'), path);
    const found = open();
    expect(found.records.head().sequence).toBe(1);
    found.close();
  });

  it('leaves the log of an emptied file to those who read', () => {
    sell(t.queue, 'p1');
    const path = join(t.folder, 'emptied.db');
    copyFileSync(`${t.path}-wal`, `${path}-wal`);
    writeFileSync(path, '');
    const before = statSync(`${path}-wal`).size;
    expect(() => openQueueReadOnly({ path, masterKey: MASTER })).toThrow(refusal('empty'));
    expect(() => openQueue({ path, masterKey: MASTER, random, existing: true })).toThrow(refusal('empty'));
    expect([statSync(path).size, statSync(`${path}-wal`).size]).toEqual([0, before]);
  });

  it('is not kept away by what stands in the file of the lock', () => {
    t.queue.close();
    writeFileSync(`${t.path}.lock`, 'x'.repeat(5_000));
    expect(t.reopen().records.head().sequence).toBe(0);
    expect(() => openQueue({ path: t.path, masterKey: MASTER, random })).toThrow(refusal('locked'));
  });

  it('refuses a second agent, and lets go when the first one ends', () => {
    expect(() => openQueue({ path: t.path, masterKey: MASTER, random })).toThrow(refusal('locked'));
    sell(t.queue, 'p1');
    t.queue.close();
    const next = openQueue({ path: t.path, masterKey: MASTER, random });
    expect(next.records.head().sequence).toBe(1);
    next.close();
    t.reopen();
  });

  it('refuses the wrong master key and lets go again', () => {
    t.queue.close();
    const wrong = hex('5A'.repeat(32));
    expect(() => openQueue({ path: t.path, masterKey: wrong, random })).toThrow(refusal('wrong-key'));
    expect(() => reader(wrong)).toThrow(refusal('wrong-key'));
    expect(() => reader(new Uint8Array(16))).toThrow('the master key has 16 bytes');
    const queue = openQueue({ path: t.path, masterKey: new Secret(Uint8Array.from(MASTER)), random });
    expect(queue.identity.get()).toEqual(IDENTITY);
    queue.close();
    t.reopen();
  });

  it('refuses what a newer version has written, and what is no queue, and touches neither', () => {
    const newer = join(t.folder, 'newer.db');
    const made = openDatabase(newer);
    made.close();
    const change = new BetterSqlite(newer);
    change.pragma('user_version = 99');
    change.close();
    expect(() => openDatabase(newer)).toThrow(refusal('newer-schema'));

    const foreign = join(t.folder, 'foreign.db');
    const db = new BetterSqlite(foreign);
    db.exec('create table notes (text)');
    db.close();
    expect(() => openDatabase(foreign)).toThrow(refusal('not-a-queue'));
    const after = new BetterSqlite(foreign);
    expect(after.pragma('journal_mode', { simple: true })).toBe('delete');
    after.close();

    writeFileSync(join(t.folder, 'text.db'), 'not a database at all, but long enough to have a header '.repeat(40));
    expect(() => openDatabase(join(t.folder, 'text.db'))).toThrow(refusal('not-a-queue'));
    const underFile = { path: join(t.path, 'under-a-file.db'), masterKey: MASTER, random };
    expect(() => openQueue(underFile)).toThrow(refusal('cannot-open'));
  });
});

describe('reading beside the agent', () => {
  it('sees each commit, and is counted anew', () => {
    const beside = reader();
    sell(t.queue, 'p1');
    expect(beside.backlog()).toMatchObject({ count: 1, records: 1 });
    expect(beside.verify()).toMatchObject({ kind: 'sound', records: 1 });
    sell(t.queue, 'p2');
    expect(beside.backlog()).toMatchObject({ count: 2, records: 2 });
    expect(beside.records.pan(1, 2)?.masked).toBe('622848*********0017');
    beside.close();
  });

  it('works while no agent runs', () => {
    sell(t.queue, 'p1');
    t.queue.close();
    const alone = reader();
    expect(alone.records.head().sequence).toBe(1);
    alone.close();
    t.reopen();
  });

  it('cannot write', () => {
    const beside = openQueueReadOnly({ path: t.path, masterKey: MASTER });
    const writable = beside.payments as typeof t.queue.payments;
    expect(() => writable.register(registration('p1'))).toThrow(refusal('read-only'));
    beside.close();
    expect(t.queue.payments.get('p1')).toBeUndefined();
  });

  it('needs a file that is there', () => {
    const missing = { path: join(t.folder, 'none.db'), masterKey: MASTER };
    expect(() => openQueueReadOnly(missing)).toThrow(refusal('cannot-open'));
  });

  it.each<readonly [string, (path: string, elsewhere: string) => void]>([
    ['link', (path, elsewhere) => symlinkSync(elsewhere, path)],
    ['pipe', (path) => void execFileSync('mkfifo', [path])],
  ])('refuses a %s in the place of a file, which the log and the lock would not lie beside', (_, put) => {
    sell(t.queue, 'p1');
    t.queue.close();
    const elsewhere = join(t.folder, 'elsewhere.db');
    renameSync(t.path, elsewhere);
    put(t.path, elsewhere);
    const what = expect.objectContaining({
      code: 'cannot-open',
      message: expect.stringContaining('is a link or no file'),
    });
    expect(() => t.reopen()).toThrow(what);
    expect(() => reader()).toThrow(what);
    rmSync(t.path);
    renameSync(elsewhere, t.path);
    expect(t.reopen().verify()).toMatchObject({ kind: 'sound', records: 1 });
  });

  describe.each(['-wal', '-shm', '-journal', '.head', '.tail'])('with %s', (suffix) => {
    it.each<readonly [string, (path: string) => void]>([
      ['link to a device', (path) => symlinkSync('/dev/zero', path)],
      ['link to nothing', (path) => symlinkSync(`${path}.none`, path)],
      ['pipe', (path) => void execFileSync('mkfifo', [path])],
    ])('that is a %s is refused at once, by whoever writes and by whoever reads', (_, put) => {
      sellSettled(t.queue, 'b1', ['p1']);
      t.queue.close();
      const path = `${t.path}${suffix}`;
      const aside = join(t.folder, 'aside');
      if (existsSync(path)) renameSync(path, aside);
      put(path);
      const what = expect.objectContaining({ code: 'cannot-open', message: expect.stringContaining(path) });
      expect(() => t.reopen()).toThrow(what);
      expect(() => reader()).toThrow(what);
      rmSync(path);
      if (existsSync(aside)) renameSync(aside, path);
      expect(t.reopen().verify()).toMatchObject({ kind: 'sound', records: 1 });
    });
  });
});

describe('a writer', () => {
  it('that finds another program writing says so and has changed nothing', () => {
    const other = new BetterSqlite(t.path);
    other.exec('begin immediate');
    expect(() => t.queue.payments.register(registration('p1'))).toThrow(refusal('busy'));
    other.exec('rollback');
    other.close();
    expect(t.queue.payments.register({ ...registration('p1'), at: AT }).kind).toBe('registered');
  });
});
