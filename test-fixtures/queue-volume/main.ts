import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cardToken } from '../../clearing/contract/record/index.ts';
import { Pan, toHex } from '../../emv/values/index.ts';
import { type Database, openDatabase } from '../../offline-queue/database/database.ts';
import type { Queue } from '../../offline-queue/index.ts';
import { beside, composeQueue } from '../../offline-queue/open.ts';
import {
  AT,
  acknowledge,
  approval,
  countingRandom,
  IDENTITY,
  LATER,
  MASTER,
  registration,
  sealBatch,
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

/** Wall and CPU time: on a machine that does other things as well, the second tells more. */
function timed<T>(what: string, count: number, work: () => T): T {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = work();
  const [wallUs, { user, system }] = [(performance.now() - wall) * 1000, process.cpuUsage(cpu)];
  const each = (us: number): string => `${(us / count).toFixed(0)} µs`;
  const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`;
  console.log(
    `${what}: CPU ${seconds(user + system)}, ${each(user + system)} each; wall ${seconds(wallUs)}, ${each(wallUs)} each of ${count}`,
  );
  return result;
}

const hexOf = (length: number): string => toHex(randomBytes(length));

/** What differs from sale to sale differs here too, so that the archive does not compress better than it would. */
function sale(queue: Queue): void {
  const id = randomUUID();
  const amountMinor = 100 + randomInt(50_000);
  const { record, ...outcome } = approval(id, { amountMinor });
  if (record === undefined) throw new Error('an approval has a record');
  const { chip, card, ...draft } = record.draft;
  if (chip === undefined || card === undefined) throw new Error('an approval has a card');
  const numbers = { cryptogram: hexOf(8), unpredictableNumber: hexOf(4), atc: hexOf(2) };
  const pan = Pan.parse(`62284800${String(randomInt(1e11)).padStart(11, '0')}`);
  if (pan === undefined) throw new Error('no PAN');
  const holder = { ...card, token: cardToken(IDENTITY.cardTokenKey, pan), maskedPan: pan.masked };
  queue.payments.register({ ...registration(id, { amountMinor, key: randomUUID(), fingerprint: hexOf(32) }) });
  queue.intents.save({ paymentId: id, content: randomBytes(600), at: AT });
  queue.commitOutcome({
    ...outcome,
    record: { draft: { ...draft, card: holder, chip: { ...chip, ...numbers } }, pan },
  });
}

/** Sales in settled batches; all but the last day's were settled long ago. */
function fill(db: Database, queue: Queue): void {
  for (let from = 0; from < records; from += AT_A_TIME) {
    db.transaction(() => {
      for (let n = from; n < Math.min(from + AT_A_TIME, records); n++) {
        sale(queue);
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
    for (let n = 0; n < 200; n++) sale(queue);
  });
}

/** The longest step is what a tap may have to wait for. */
function archiveAll(queue: Queue): void {
  let [files, longestMs] = [0, 0];
  timed('archive', records, () => {
    for (;;) {
      const before = process.cpuUsage();
      if (queue.archive.step({ onlineMs: 400 * DAY_MS, at: LATER }) === undefined) break;
      const { user, system } = process.cpuUsage(before);
      longestMs = Math.max(longestMs, (user + system) / 1000);
      files += 1;
    }
  });
  const bytes = readdirSync(`${path}.archive`).reduce((sum, name) => sum + sizeOf(join(`${path}.archive`, name)), 0);
  console.log(
    `  ${files} files, ${megabytes(bytes)}, ${(bytes / records).toFixed(0)} bytes a record; longest step ${longestMs.toFixed(0)} ms of CPU`,
  );
}

const verify = (queue: Queue): void => {
  const result = timed('verify', records, () => queue.verify());
  if (result.kind === 'broken') throw new Error(result.explanation);
  console.log(`  sound: ${result.records} records, ${result.batches} batches, ${result.archives ?? 0} archives`);
};

const db = openDatabase(path);
const queue = composeQueue(db, MASTER, countingRandom(), () => {}, beside(path));
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
