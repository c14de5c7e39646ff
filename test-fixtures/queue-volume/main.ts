import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '../../offline-queue/database.ts';
import type { Queue } from '../../offline-queue/index.ts';
import { composeQueue } from '../../offline-queue/open.ts';
import {
  AT,
  acknowledge,
  countingRandom,
  IDENTITY,
  MASTER,
  sealBatch,
  sell,
  settle,
} from '../../offline-queue/test-support.ts';

const DAY_MS = 86_400_000;
const IN_A_BATCH = 100;
/** So many sales share a transaction while the queue is filled: the disk is not what is measured there. */
const AT_A_TIME = 10_000;

const { values } = parseArgs({
  options: { records: { type: 'string', default: '100000' }, folder: { type: 'string', default: tmpdir() } },
});
const records = Number(values.records);
const folder = mkdtempSync(join(values.folder, 'jdpos-volume-'));
const path = join(folder, 'queue.db');

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

function timed<T>(what: string, count: number, work: () => T): T {
  const before = performance.now();
  const result = work();
  const seconds = (performance.now() - before) / 1000;
  console.log(`${what}: ${seconds.toFixed(2)} s, ${((seconds / count) * 1e6).toFixed(0)} µs each of ${count}`);
  return result;
}

/** Sales in settled batches; all but the last day's were settled long ago. */
function fill(db: Database, queue: Queue): void {
  for (let from = 0; from < records; from += AT_A_TIME) {
    db.transaction(() => {
      for (let n = from; n < Math.min(from + AT_A_TIME, records); n++) {
        sell(queue, `p${n}`);
        if ((n + 1) % IN_A_BATCH !== 0) continue;
        const batch = sealBatch(queue, `b${n}`);
        acknowledge(queue, batch);
        settle(queue, batch, n + IN_A_BATCH >= records ? AT : '2025-01-01T00:00:00.000Z');
      }
    });
  }
}

function sales(queue: Queue, from: string): void {
  timed(`a sale, with its three commits, ${from}`, 200, () => {
    for (let n = 0; n < 200; n++) sell(queue, `${from} ${n}`);
  });
}

/** The longest that a tap may have to wait for it. */
function archiveAll(queue: Queue): void {
  let [files, longest] = [0, 0];
  timed('archive', records, () => {
    for (;;) {
      const before = performance.now();
      if (queue.archive.step({ onlineMs: 400 * DAY_MS, at: AT }) === undefined) break;
      longest = Math.max(longest, performance.now() - before);
      files += 1;
    }
  });
  const bytes = readdirSync(`${path}.archive`).reduce((sum, name) => sum + sizeOf(join(`${path}.archive`, name)), 0);
  console.log(
    `  ${files} files, ${megabytes(bytes)}, ${(bytes / records).toFixed(0)} bytes a record; longest step ${longest.toFixed(0)} ms`,
  );
}

const verify = (queue: Queue): void => {
  const result = timed('verify', records, () => queue.verify());
  if (result.kind === 'broken') throw new Error(result.explanation);
  console.log(`  sound: ${result.records} records, ${result.batches} batches, ${result.archives ?? 0} archives`);
};

const db = openDatabase(path);
const queue = composeQueue(db, MASTER, countingRandom(), () => {});
try {
  queue.identity.enrol(IDENTITY);
  sales(queue, 'on an empty queue');
  timed('fill', records, () => fill(db, queue));
  db.prepare('pragma wal_checkpoint(truncate)').all();
  console.log(`  the queue file is ${megabytes(sizeOf(path))}, ${(sizeOf(path) / records).toFixed(0)} bytes a record`);
  sales(queue, 'on a full queue');
  verify(queue);
  archiveAll(queue);
  sales(queue, 'when the archive has the rest');
  verify(queue);
} finally {
  queue.close();
  rmSync(folder, { recursive: true, force: true });
}
