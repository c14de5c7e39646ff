import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { openQueue, openQueueReadOnly } from '../open.ts';
import {
  AT,
  acknowledge,
  approval,
  countingRandom,
  faultOf,
  IDENTITY,
  MASTER,
  registration,
  sealBatch,
  sell,
  type TestQueue,
  testQueue,
  uncounted,
} from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const tailPath = () => `${t.path}.tail`;
const verified = (): string => faultOf(t.queue.verify());
const shown = (): string => t.queue.checkHead()?.fault ?? 'nothing';

/** The queue's file as it is now, to be put back later. */
function copied(): () => void {
  t.queue.close();
  for (const suffix of ['', '.tail']) copyFileSync(`${t.path}${suffix}`, join(t.folder, `copy${suffix}`));
  t.reopen();
  return () => {
    t.queue.close();
    for (const suffix of ['-wal', '-shm']) rmSync(`${t.path}${suffix}`, { force: true });
    copyFileSync(join(t.folder, 'copy'), t.path);
    t.reopen();
  };
}

const renumbered = (table: string, seq: number): string =>
  `update sqlite_sequence set seq = ${seq} where name = '${table}'`;

describe('the file that follows the end of the queue', () => {
  it('is there from the beginning, one sector, for its owner alone', () => {
    expect([statSync(tailPath()).size, statSync(tailPath()).mode & 0o777]).toEqual([512, 0o600]);
    sell(t.queue, 'p1');
    expect([verified(), shown(), statSync(tailPath()).size]).toEqual(['sound', 'nothing', 512]);
  });

  it.each<readonly [string, () => void, string]>([
    ['a record that no centre knows', () => sell(t.queue, 'p2'), 'truncated 1/2'],
    ['a payment without a record', () => void t.queue.payments.register(registration('p2')), 'missing 0/0'],
    ['a setting', () => t.queue.identity.setSetting('chain-stopped', '{}'), 'missing 0/0'],
  ])('finds an older copy of the queue’s file, which lacks %s', (_what, write, fault) => {
    sell(t.queue, 'p1');
    const putBack = copied();
    write();
    putBack();
    expect([verified(), shown()]).toEqual([fault, fault.split(' ')[0]]);
    expect(faultOf(t.reopen().verify())).toBe(fault);
    const reader = openQueueReadOnly({ path: t.path, masterKey: MASTER });
    expect(faultOf(reader.verify())).toBe(fault);
    reader.close();
  });

  it('finds an older copy that went on in another way, and one that went further', () => {
    const putBack = copied();
    for (const id of ['p1', 'p2']) sell(t.queue, id);
    putBack();
    for (const id of ['q1', 'q2', 'q3']) sell(t.queue, id);
    expect(verified()).toBe('changed 1/2');
  });

  it('finds a setting that was deleted by hand', () => {
    t.queue.identity.setSetting('chain-stopped', '{}');
    t.tamper((db) => db.exec("delete from settings where name = 'chain-stopped'"));
    expect([verified(), shown()]).toEqual(['missing 0/0', 'missing']);
  });

  describe('that a kill has kept from telling of the last record', () => {
    /** The record is in the file, `.tail` does not know of it, and somebody cuts it off with its payment. */
    function cutOff(): void {
      sell(t.queue, 'p1');
      t.queue.payments.register(registration('p2'));
      const behind = readFileSync(tailPath());
      t.queue.commitOutcome(approval('p2'));
      t.queue.close();
      writeFileSync(tailPath(), behind);
      copyFileSync(t.path, join(t.folder, 'whole'));
      t.tamper((db) =>
        db.exec(
          `delete from records where place = 4294967298; delete from payments where id = 'p2'; ${renumbered('payments', 1)}`,
        ),
      );
      expect([verified(), shown()]).toEqual(['missing 0/0', 'missing']);
    }

    it('names it for good, whatever is sold after that, until an enrolment', () => {
      cutOff();
      sell(t.queue, 'p3');
      for (const opened of [1, 2]) expect([opened, verified(), shown()]).toEqual([opened, 'missing 0/0', 'missing']);
      t.reopen();
      expect([verified(), shown()]).toEqual(['missing 0/0', 'missing']);
      acknowledge(t.queue, sealBatch(t.queue, 'b1'));
      t.queue.identity.enrol({ ...IDENTITY, epoch: 2, genesisHash: hex('99'.repeat(32)) });
      expect([verified(), shown()]).toEqual(['sound', 'nothing']);
      expect(faultOf(t.reopen().verify())).toBe('sound');
    });

    it('says nothing of the whole file once that is brought back', () => {
      cutOff();
      t.queue.close();
      for (const suffix of ['-wal', '-shm']) rmSync(`${t.path}${suffix}`, { force: true });
      copyFileSync(join(t.folder, 'whole'), t.path);
      t.reopen();
      expect([verified(), shown()]).toEqual(['sound', 'nothing']);
    });
  });

  it.each<readonly [string, string, string]>([
    ['its row', 'delete from reversals', 'missing 0/0'],
    ['its row and its number', `delete from reversals; ${renumbered('reversals', 0)}`, 'missing 0/0'],
    [
      'its row and its number, the payment as it was before',
      `delete from reversals; ${renumbered('reversals', 0)};
       insert or replace into payments select * from before.payments where id = 'p2'`,
      'missing 0/0',
    ],
    [
      'the end of the queue with it',
      `delete from reversals; delete from payments where id = 'p2'; ${renumbered('reversals', 0)}; ${renumbered('payments', 1)}`,
      'missing 0/0',
    ],
  ])('finds a reversal that was lost alone, never delivered: %s', (_what, sql, fault) => {
    sell(t.queue, 'p1');
    t.queue.payments.register(registration('p2'));
    copied();
    t.queue.reversals.write({ id: 'r1', paymentId: 'p2', content: Uint8Array.of(8), at: AT });
    t.queue.payments.update('p2', { state: 'failed', final: true, at: AT });
    expect([verified(), t.queue.pending(), t.queue.reversals.due()]).toMatchObject([
      'sound',
      '1 records',
      [{ id: 'r1' }],
    ]);
    t.tamper((db) => {
      db.pragma('foreign_keys = off');
      db.exec(`attach '${join(t.folder, 'copy')}' as before`);
      db.exec(sql);
    });
    expect([verified(), t.queue.reversals.due()]).toEqual([fault, []]);
  });

  it('may say less than there is, as after a power cut', () => {
    const putBack = copied();
    sell(t.queue, 'p1');
    const older = readFileSync(join(t.folder, 'copy.tail'));
    t.queue.close();
    writeFileSync(tailPath(), older);
    t.reopen();
    expect([verified(), shown()]).toEqual(['sound', 'nothing']);
    // It has caught up.
    putBack();
    expect(verified()).toBe('truncated 1/1');
  });

  it('is not written for what was rolled back', () => {
    const before = readFileSync(tailPath(), 'latin1');
    t.queue.payments.register(registration('p1'));
    expect(() => t.queue.reversals.write({ id: 'r1', paymentId: 'none', content: new Uint8Array(), at: AT })).toThrow();
    const after = readFileSync(tailPath(), 'latin1');
    expect(after).not.toBe(before);
    expect(JSON.parse(after).given).toEqual([1, 0, 0, 0, 0]);
  });

  it.each<readonly [string, () => void]>([
    ['missing', () => rmSync(tailPath())],
    ['empty', () => writeFileSync(tailPath(), '')],
    ['of zeros', () => writeFileSync(tailPath(), new Uint8Array(512))],
    [
      'of other values',
      () => writeFileSync(tailPath(), '{"place":{"toString":1},"hash":"","given":[],"settings":1,"tag":""}'),
    ],
    // As long as no file can be read, and with nothing in it that the disk holds.
    ['without an end', () => truncateSync(tailPath(), 3_000_000_000)],
    ['of another tag', () => writeFileSync(tailPath(), '{"place":1,"hash":"","given":[],"settings":1,"tag":5}')],
    ['changed', () => writeFileSync(tailPath(), readFileSync(tailPath(), 'latin1').replace('"place":', '"place":1'))],
    [
      'another queue’s',
      () => writeFileSync(tailPath(), readFileSync(tailPath(), 'latin1').replace(/"tag":"../, '"tag":"00')),
    ],
  ])('that is %s is named by verify, stays so, and payments go on', (_what, change) => {
    sell(t.queue, 'p1');
    t.queue.close();
    change();
    t.reopen();
    expect(t.queue.verify()).toMatchObject({ explanation: expect.stringContaining('.tail') });
    expect(shown()).toBe('nothing');
    sell(t.queue, 'p2');
    expect(t.reopen().verify()).toMatchObject({ explanation: expect.stringContaining('.tail') });
  });

  it('is not of it when its values stand under other names, in the same order', () => {
    sell(t.queue, 'p1');
    t.queue.close();
    const { changes, settings, given, ...rest } = JSON.parse(readFileSync(tailPath(), 'latin1'));
    writeFileSync(tailPath(), JSON.stringify({ ...rest, given: [...given, settings], settings: changes }));
    t.reopen();
    expect(t.queue.verify()).toMatchObject({ explanation: expect.stringContaining('.tail') });
  });

  it.each<readonly [string, () => void]>([
    ['it could not be opened at once', () => {}],
    ['the making of the file was broken off', () => writeFileSync(tailPath(), '')],
  ])('is made for a queue of an earlier version, also when %s', (_what, change) => {
    sell(t.queue, 'p1');
    // As such a version leaves it.
    t.queue.close();
    rmSync(tailPath());
    const db = new BetterSqlite(t.path);
    uncounted(db);
    db.close();
    change();
    const wrong = { path: t.path, masterKey: hex('5A'.repeat(32)), random: countingRandom() };
    expect(() => openQueue(wrong)).toThrow('the master key is not the one of this queue');
    expect(faultOf(t.reopen().verify())).toBe('sound');
    t.queue.close();
    rmSync(tailPath());
    expect(faultOf(t.reopen().verify())).toBe('missing 0/0');
  });

  it('begins anew with an enrolment, at which the centre tells what is missing', () => {
    sell(t.queue, 'p1');
    const putBack = copied();
    acknowledge(t.queue, sealBatch(t.queue, 'b1'));
    sell(t.queue, 'p2');
    acknowledge(t.queue, sealBatch(t.queue, 'b2'));
    putBack();
    rmSync(`${t.path}.head`);
    expect(shown()).toBe('truncated');
    acknowledge(t.queue, sealBatch(t.queue, 'b1'));
    rmSync(`${t.path}.head`, { force: true });
    t.queue.identity.enrol({ ...IDENTITY, epoch: 2, genesisHash: hex('99'.repeat(32)) });
    expect([verified(), shown()]).toEqual(['sound', 'nothing']);
    sell(t.queue, 'p3');
    expect(faultOf(t.reopen().verify())).toBe('sound');
  });

  it('is of a queue that is gone: a new one in its place says so until it is enrolled', () => {
    sell(t.queue, 'p1');
    t.queue.close();
    rmSync(t.path);
    const lost = readFileSync(tailPath());
    for (let opened = 1; opened <= 2; opened++) {
      t.reopen();
      expect([verified(), shown()]).toEqual(['missing 0/0', 'missing']);
      t.queue.identity.setSetting('any', String(opened));
      t.queue.close();
      expect(readFileSync(tailPath())).toEqual(lost);
    }
    t.reopen();
    t.queue.identity.enrol({ ...IDENTITY, epoch: 2, genesisHash: hex('99'.repeat(32)) });
    expect([verified(), shown()]).toEqual(['sound', 'nothing']);
    sell(t.queue, 'p2');
    expect(faultOf(t.reopen().verify())).toBe('sound');
  });

  it('that never was one is nothing to a new queue', () => {
    const other = testQueue('not enrolled');
    sell(t.queue, 'p1');
    other.queue.close();
    copyFileSync(tailPath(), `${other.path}.tail`);
    truncateSync(`${other.path}.tail`, 100);
    expect(faultOf(other.reopen().verify())).toBe('sound');
    other.queue.identity.enrol(IDENTITY);
    expect(faultOf(other.reopen().verify())).toBe('sound');
    other.end();
  });

  it('is under the new key before the old one is erased', () => {
    sell(t.queue, 'p1');
    t.queue.keys.begin();
    rmSync(tailPath());
    mkdirSync(tailPath());
    const rotate = (): void => {
      while (t.queue.keys.goOn() === 'more');
    };
    expect(rotate).toThrow('.tail');
    expect(t.queue.keys.underWay()).toBe(true);
    rmdirSync(tailPath());
    rotate();
    expect(faultOf(t.reopen().verify())).toBe('sound');
  });

  it('shows an older copy also once its keys were rotated', () => {
    const putBack = copied();
    sell(t.queue, 'p1');
    putBack();
    expect(shown()).toBe('truncated');
    t.queue.keys.begin();
    while (t.queue.keys.goOn() === 'more');
    t.reopen();
    expect([shown(), verified()]).toEqual(['truncated', 'truncated 1/1']);
  });

  it('follows under new keys', () => {
    sell(t.queue, 'p1');
    t.queue.keys.begin();
    expect(verified()).toBe('sound');
    while (t.queue.keys.goOn() === 'more');
    expect([verified(), faultOf(t.reopen().verify())]).toEqual(['sound', 'sound']);
    expect(existsSync(tailPath())).toBe(true);
  });
});
