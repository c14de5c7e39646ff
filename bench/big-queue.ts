import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../offline-queue/database/database.ts';
import { openQueue, type Queue } from '../offline-queue/index.ts';
import { beside, composeQueue } from '../offline-queue/open.ts';
import { AT, approval, IDENTITY, MASTER, registration, sign } from '../offline-queue/test-support.ts';
import { outcome, ROWS_A_COMMIT, rows as rowsOf } from './queue.ts';
import { type Contestant, compare, takeTurns } from './rounds.ts';

/*
 * `npm run bench:queue -- --rows 1000,100000,1000000`: does the queue stay as quick with a million rows that nobody has
 * acknowledged? Commits in the largest against the same in the smallest, taking turns; and sealing and verifying, in rows a second.
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000,10000,100000' } } });
const SIZES = values.rows.split(',').map(Number);
if (SIZES.some((rows) => !Number.isInteger(rows) || rows < 1) || SIZES.length < 2) {
  console.error('usage: npm run bench:queue -- [--rows 1000,10000,100000]');
  process.exit(2);
}

/** Rows of one transaction while a queue is filled. */
const FILL = 1_000;
const BATCH_ROWS = 500;
const MIB = 1_048_576;
/** A queue of any size is as quick as a small one, by a tenth. */
const MOST = 1.1;
const PLAN = { rounds: 301, calls: 1, clock: 'cpu' } as const;

const folder = mkdtempSync(join(tmpdir(), 'jdpos-bench-'));
const pathOf = (rows: number): string => join(folder, `${rows}.db`);

/** Payments with their records, through the stores that write them on a terminal; only the commits are larger. */
function fill(rows: number): void {
  const db = openDatabase(pathOf(rows));
  const queue = composeQueue(db, MASTER, randomBytes, () => {}, beside(pathOf(rows)));
  queue.identity.enrol(IDENTITY);
  for (let row = 0; row < rows; ) {
    const end = Math.min(rows, row + FILL);
    db.transaction(() => {
      for (; row < end; row++) {
        const id = `p${row}`;
        queue.payments.register(registration(id));
        queue.commitOutcome(approval(id));
      }
    });
  }
  queue.close();
}

const open = (rows: number): Queue => openQueue({ path: pathOf(rows), masterKey: MASTER, random: randomBytes });

function seconds(work: () => void): number {
  const beforeMs = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return Math.min((user + system) / 1_000_000, (performance.now() - beforeMs) / 1_000);
}

function sealAll(queue: Queue): void {
  const batch = (number: number) => ({ id: `b${number}`, at: AT, limit: BATCH_ROWS, sign });
  for (let number = 1; queue.batches.seal(batch(number)) !== undefined; number++);
}

interface Pace {
  readonly rows: number;
  readonly seal: number;
  readonly verify: number;
}

function paceOf(rows: number): Pace {
  let queue = open(rows);
  const sealing = seconds(() => sealAll(queue));
  queue.close();
  const opening = seconds(() => {
    queue = open(rows);
  });
  const verifying = seconds(() => {
    const verification = queue.verify();
    if (verification.kind !== 'sound') throw new Error(verification.explanation);
  });
  const backlog = queue.backlog().records;
  queue.close();
  const mebibytes = Math.round(statSync(pathOf(rows)).size / MIB);
  const memory = Math.round(process.resourceUsage().maxRSS / 1_024);
  const pace = { rows, seal: backlog / sealing, verify: backlog / verifying };
  console.log(
    `${rows} rows: sealed ${Math.round(pace.seal)} a second in batches of ${BATCH_ROWS}, verified ${Math.round(pace.verify)} a ` +
      `second (${verifying.toFixed(1)} s); opened in ${opening.toFixed(2)} s; ${mebibytes} MiB on disk, at most ${memory} MiB of memory`,
  );
  return pace;
}

for (const rows of SIZES) {
  const filling = seconds(() => fill(rows));
  console.log(`${rows} rows filled in, ${Math.round(rows / filling)} a second`);
}
const [smallest, largest] = [Math.min(...SIZES), Math.max(...SIZES)];
const [small, large] = [open(smallest), open(largest)];
/** A commit in the largest, of the same in the smallest. */
const COMMITS: readonly (readonly [string, (queue: Queue) => Contestant])[] = [
  ['an outcome', outcome],
  [`${ROWS_A_COMMIT} rows`, rowsOf],
];
const ratios = COMMITS.map(([name, contestant]) => {
  const pair = [
    { ...contestant(small), name: 'small' as const },
    { ...contestant(large), name: 'large' as const },
  ];
  const times = takeTurns(pair, PLAN);
  const { ratio, product, floor } = compare(times.large, times.small);
  console.log(
    `${name} in a commit with ${largest} rows ${product.toFixed(0)} µs of CPU, with ${smallest} rows ${floor.toFixed(0)} µs: ${ratio.toFixed(3)} ×, target ${MOST}`,
  );
  return ratio;
});
for (const queue of [small, large]) queue.close();
const paces = SIZES.map(paceOf);
const slowest = Math.min(...paces.map(({ verify }) => verify));
const quickest = Math.max(...paces.map(({ verify }) => verify));
console.log(`verify: between ${Math.round(slowest)} and ${Math.round(quickest)} rows a second over all sizes`);
rmSync(folder, { recursive: true });
process.exitCode = ratios.every((ratio) => ratio <= MOST) ? 0 : 1;
