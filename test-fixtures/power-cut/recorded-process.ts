import { randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { openDatabase } from '../../offline-queue/database/database.ts';
import { loadMasterKey, openQueue, type Queue } from '../../offline-queue/index.ts';
import { beside, composeQueue } from '../../offline-queue/open.ts';
import { faultyDisk } from '../disk-shim/index.ts';
import { Draw } from '../fuzz/draw.ts';
import { fingerprint } from './fingerprint.ts';
import { queuePathsIn, type RecordedRun, TOLD } from './recording.ts';
import { nextSteps } from './workload.ts';

/*
 * A process whose disk is recorded: it works on the queue in a folder, one transaction after the other, and tells of each
 * with the queue's fingerprint once it is committed. At the end it closes the queue, or is gone as if killed.
 */
const run = JSON.parse(process.argv[2] ?? '') as RecordedRun;
const draw = new Draw(run.seed);
const paths = queuePathsIn(run.folder);
const told = openSync(join(run.folder, TOLD), 'a');

function open(): Queue {
  const masterKey = loadMasterKey(paths.masterKey, randomBytes);
  if (run.synchronous === 'full') return openQueue({ path: paths.queue, masterKey, random: randomBytes });
  const db = openDatabase(paths.queue);
  // The queue looks at the level once, after it has first written.
  db.transaction(() => {});
  db.prepare('pragma synchronous = normal').run();
  return composeQueue(db, masterKey, randomBytes, () => {}, beside(paths.queue));
}

function tell(name: string, queue: Queue): void {
  writeSync(told, `${fingerprint(queue)} ${name}\n`);
}

/** Another connection, as a tool that looks on, moves what is in the journal into the file. */
function checkpoint(): void {
  const beside = new BetterSqlite(paths.queue);
  beside.pragma(`wal_checkpoint(${draw.pick(['passive', 'full', 'restart', 'truncate'])})`);
  beside.close();
}

let queue = open();
tell('open', queue);

for (let number = 1; number <= run.steps; number++) {
  const what = draw.below(40);
  if (what === 0) {
    queue.close();
    queue = open();
    tell('open', queue);
  } else if (what < 4) checkpoint();
  else {
    const step = draw.pick(nextSteps(queue, draw));
    step.take(queue);
    tell(step.name, queue);
  }
}

if (run.end === 'close') {
  queue.close();
  tell('open', open());
}
if (run.end === 'failed-sync') {
  const disk = await faultyDisk(run.library);
  const step = draw.pick(nextSteps(queue, draw).filter(({ manyFiles }) => !manyFiles));
  disk.arm('sync', 1, 'EIO');
  try {
    step.take(queue);
    throw new Error(`${step.name} was told although the disk had refused it`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'sync-failed')) throw error;
  }
}
process.kill(process.pid, 'SIGKILL');
