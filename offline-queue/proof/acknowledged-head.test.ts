import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sm2PublicKey } from '../../emv/crypto/index.ts';
import { hex } from '../../emv/values/index.ts';
import { openDatabaseReadOnly } from '../database/database.ts';
import { composeQueue, openQueueReadOnly } from '../open.ts';
import {
  acknowledge,
  faultOf,
  IDENTITY,
  LATER,
  MASTER,
  registration,
  sealBatch,
  sell,
  sellSettled,
  settle,
  type TestQueue,
  testQueue,
} from '../test-support.ts';
import { type HeadFile, headFile } from './acknowledged-head.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const upload = (id: string) => sellSettled(t.queue, id, [`p-${id}`]);
const verified = (): string => faultOf(t.queue.verify());
const headPath = () => `${t.path}.head`;

/** The queue's file as it is now, to be put back later. */
function copied(): () => void {
  t.queue.close();
  copyFileSync(t.path, join(t.folder, 'copy.db'));
  t.reopen();
  return () => {
    t.queue.close();
    for (const suffix of ['-wal', '-shm']) rmSync(`${t.path}${suffix}`, { force: true });
    copyFileSync(join(t.folder, 'copy.db'), t.path);
    t.reopen();
  };
}

describe('the head that the centre has acknowledged', () => {
  it('stays beside the queue, for its owner alone, and is followed', () => {
    expect(existsSync(headPath())).toBe(false);
    for (const id of ['b1', 'b2']) {
      upload(id);
      expect([verified(), t.queue.checkHead()]).toEqual(['sound', undefined]);
    }
    sell(t.queue, 'p3');
    expect(verified()).toBe('sound');
    expect(statSync(headPath()).mode & 0o777).toBe(0o600);
  });

  it('is written once for several batches that wait, and in any case at the end', () => {
    for (const id of ['p1', 'p2', 'p3']) sell(t.queue, id);
    const [b1, b2, b3] = ['b1', 'b2', 'b3'].map((id) => sealBatch(t.queue, id, 1));
    const last = () => (existsSync(headPath()) ? JSON.parse(readFileSync(headPath(), 'utf8')).lastSequence : undefined);
    if (b1 && b2 && b3) {
      acknowledge(t.queue, b1);
      expect(last()).toBeUndefined();
      t.reopen();
      expect(last()).toBe(1);
      acknowledge(t.queue, b2);
      expect(last()).toBe(1);
      acknowledge(t.queue, b3);
    }
    expect([last(), verified()]).toEqual([3, 'sound']);
  });

  it('holds up nothing when it cannot be written', () => {
    upload('b1');
    mkdirSync(`${headPath()}.new`);
    upload('b2');
    expect([JSON.parse(readFileSync(headPath(), 'utf8')).lastSequence, verified()]).toEqual([1, 'sound']);
  });

  it('is written past a pipe that lies in its way, and in the place of one', () => {
    upload('b1');
    rmSync(headPath());
    for (const path of [headPath(), `${headPath()}.new`]) execFileSync('mkfifo', [path]);
    upload('b2');
    expect([JSON.parse(readFileSync(headPath(), 'utf8')).lastSequence, verified()]).toEqual([2, 'sound']);
  });

  it('is not far behind however many wait', () => {
    const ids = Array.from({ length: 20 }, (_, at) => `${at}`);
    for (const id of ids) sell(t.queue, `p${id}`);
    const batches = ids.map((id) => sealBatch(t.queue, `b${id}`, 1));
    for (const batch of batches.slice(0, 16)) acknowledge(t.queue, batch);
    expect(JSON.parse(readFileSync(headPath(), 'utf8')).lastSequence).toBe(16);
  });

  it('that comes while a reader looks says nothing against the moment that it looks at', () => {
    upload('b1');
    const file = headFile(t.path);
    const meanwhile: HeadFile = {
      ...file,
      read() {
        upload('b2');
        return file.read();
      },
    };
    const reader = composeQueue(openDatabaseReadOnly(t.path), MASTER, undefined, () => {}, { head: meanwhile });
    expect(reader.verify()).toMatchObject({ kind: 'sound', records: 2 });
    reader.close();
  });

  it('finds an older copy of the file, sound in itself', () => {
    upload('b1');
    const putBack = copied();
    upload('b2');
    putBack();
    expect(verified()).toBe('truncated 1/2');
    expect(t.queue.checkHead()).toMatchObject({ fault: 'truncated', epoch: 1, sequence: 2 });
    const reader = openQueueReadOnly({ path: t.path, masterKey: MASTER });
    expect(faultOf(reader.verify())).toBe('truncated 1/2');
    reader.close();
  });

  it('finds an end that was cut off with all that belongs to it', () => {
    upload('b1');
    upload('b2');
    t.tamper((db) => {
      db.exec("delete from records where place = 4294967298; delete from batches where id = 'b2'");
      db.exec("delete from payments where id = 'p-b2'");
      db.exec("update sqlite_sequence set seq = 1 where name in ('payments', 'batches')");
    });
    expect(verified()).toBe('truncated 1/2');
    // The file that follows the end finds it as well.
    rmSync(headPath());
    expect(verified()).toBe('truncated 1/2');
  });

  it('finds an older copy that went on in another way', () => {
    upload('b1');
    const putBack = copied();
    upload('b2');
    putBack();
    sell(t.queue, 'something else');
    expect(verified()).toBe('changed 1/2');
  });

  it('stays when an older copy has an older batch acknowledged again', () => {
    upload('b1');
    sell(t.queue, 'p2');
    const waiting = sealBatch(t.queue, 'b2');
    const putBack = copied();
    acknowledge(t.queue, waiting);
    upload('b3');
    putBack();
    acknowledge(t.queue, waiting);
    expect(t.queue.checkHead()).toMatchObject({ fault: 'truncated', epoch: 1, sequence: 3 });
  });

  it('is looked at without the archive that holds its record', () => {
    const settled = (id: string, at: string): void => {
      sell(t.queue, `p-${id}`);
      const batch = sealBatch(t.queue, id);
      acknowledge(t.queue, batch);
      settle(t.queue, batch, at);
    };
    settled('b1', '2026-01-01T00:00:00.000Z');
    const older = readFileSync(headPath());
    settled('b2', '2026-03-09T00:00:00.000Z');
    t.queue.archive.step({ onlineMs: 30 * 86_400_000, at: LATER });
    rmSync(`${t.path}.archive`, { recursive: true });
    writeFileSync(headPath(), older);
    expect(t.reopen().checkHead()).toBeUndefined();
    expect(t.queue.records.hashAt(1, 1)).toHaveLength(32);
  });

  it('finds a copy of before an enrolment', () => {
    upload('b1');
    const putBack = copied();
    t.queue.identity.enrol({ ...IDENTITY, epoch: 2, genesisHash: hex('99'.repeat(32)) });
    upload('b2');
    putBack();
    expect(verified()).toBe('truncated 2/1');
  });

  it('of the epoch before says nothing against a new one', () => {
    upload('b1');
    t.queue.identity.enrol({ ...IDENTITY, epoch: 2, genesisHash: hex('99'.repeat(32)) });
    expect(verified()).toBe('sound');
    t.queue.payments.register(registration('p2'));
    expect(t.queue.checkHead()).toBeUndefined();
  });

  it('finds a queue that was cut to nothing', () => {
    upload('b1');
    t.queue.close();
    truncateSync(t.path);
    expect(t.reopen().verify()).toMatchObject({ fault: 'missing', explanation: expect.stringContaining('was here') });
  });

  it('of another terminal, or under another key, says nothing against an enrolment there', () => {
    upload('b1');
    const elsewhere = { terminal: 'JD-T-0002', hostAcknowledgementKey: sm2PublicKey(IDENTITY.signingKey) };
    t.queue.identity.enrol({ ...IDENTITY, ...elsewhere, epoch: 2, genesisHash: hex('99'.repeat(32)) });
    expect([verified(), t.queue.checkHead()]).toEqual(['sound', undefined]);
  });

  it('is not believed when the host has not signed it', () => {
    upload('b1');
    writeFileSync(headPath(), '{"epoch":9}');
    expect(verified()).toBe('acknowledgement 0/0');
    writeFileSync(headPath(), '');
    expect(verified()).toBe('acknowledgement 0/0');
  });

  it('is not needed: a queue whose file is gone, or cannot be written, goes on', () => {
    upload('b1');
    rmSync(headPath());
    mkdirSync(headPath());
    upload('b2');
    expect(verified()).toBe('sound');
  });
});
