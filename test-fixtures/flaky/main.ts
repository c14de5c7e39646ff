import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';
import { storm } from './storm.ts';

/*
 * The long run: `npm run flaky -- --minutes 15 --seed 7`. A sandbox on ports and in a folder of its own sells under a network
 * that is cut at random; exit code 1, with every difference by name, when a fen is not where it belongs.
 */

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' }, seed: { type: 'string' } } });
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isInteger(seed) || !(minutes > 0)) {
  console.error('usage: npm run flaky -- [--minutes 15] [--seed 7]');
  process.exit(2);
}

const tell = (line: string): void => console.info(`flaky: ${line}`);
tell(`${minutes} minutes, seed ${seed}`);
const sandbox = await SandboxUnderTest.start('in-process');
try {
  const report = await storm(sandbox, { seed, forMs: minutes * 60_000, tell });
  for (const line of report.disagreements) console.error(line);
  const { payments, approved, cuts, records, disagreements } = report;
  tell(`${payments} payments (${approved} approved) under ${cuts} cuts, ${records} records, seed ${seed}`);
  tell(disagreements.length === 0 ? 'every fen is where it belongs' : `${disagreements.length} DISAGREEMENTS`);
  process.exitCode = disagreements.length === 0 ? 0 : 1;
} finally {
  await sandbox.stop();
}
