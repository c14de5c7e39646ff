import BetterSqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openQueue, openQueueReadOnly } from '../open.ts';
import { countingRandom, MASTER, testQueue } from '../test-support.ts';

it('a queue that has lost its data key gets no other one, and says so', () => {
  const t = testQueue();
  t.queue.close();
  const db = new BetterSqlite(t.path);
  const lost = db.prepare<[], Buffer>("select sealed from keys where name = 'data'").pluck().get();
  db.exec("delete from keys where name = 'data'");
  const open = { path: t.path, masterKey: MASTER };
  const missing = expect.objectContaining({ code: 'corrupt', message: expect.stringContaining('data key') });
  expect(() => openQueue({ ...open, random: countingRandom() })).toThrow(missing);
  expect(() => openQueueReadOnly(open)).toThrow(missing);
  db.prepare("insert into keys (name, sealed) values ('data', ?)").run(lost);
  db.close();
  const queue = openQueueReadOnly(open);
  expect(queue.verify().kind).toBe('sound');
  queue.close();
});
