import { randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingForVirtualSerial } from '../serial/virtual-serial.ts';
import { soak } from './soak.ts';

/*
 * `npm run soak -- --taps 50000 --seed 7 --reader in-process`. Ends with a table, and with exit code 1 when the terminal has grown,
 * something is stuck, or a fen is not where it belongs. The seed chooses cards, amounts and troubles; what the machine makes
 * of them differs from run to run. Ctrl-C ends it early, with the table.
 */
const { values } = parseArgs({
  options: {
    taps: { type: 'string', default: '50000' },
    seed: { type: 'string' },
    reader: { type: 'string', default: 'in-process' },
  },
});
const { reader } = values;
const taps = Number(values.taps);
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const isReader = reader === 'in-process' || reader === 'pcsc';
if (!Number.isInteger(taps) || taps < 1 || !Number.isInteger(seed) || !isReader) {
  console.error('usage: npm run soak -- [--taps 50000] [--seed 7] [--reader in-process|pcsc]');
  process.exit(2);
}

const missing = missingForVirtualSerial();
if (missing.length > 0) {
  console.error(`missing: ${missing.join(', ')}`);
  process.exit(2);
}

const dir = mkdtempSync(join(tmpdir(), 'jdpos-soak-'));
chmodSync(dir, 0o711);
const say = (line: string): void => console.info(`soak: ${line}`);
say(`${taps} taps, ${reader}, seed ${seed}`);
const over = new AbortController();
process.once('SIGINT', () => over.abort());
const startedMs = performance.now();
const report = await soak({ dir, taps, seed, reader, samples: 40, say, signal: over.signal });
const { payments, byState, happened, growth, books } = report;
const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
say(`${payments} payments in ${Math.round((performance.now() - startedMs) / 1_000)} s: ${counts(byState)}`);
say(`meanwhile: ${counts(happened)}`);
say(`${books.records} records; ${books.chipDebitsMinor} fen left the chips, ${books.approvedMinor} fen are approved`);
if (growth === undefined) say('too few samples to judge growth');
for (const { what, before, after, allowed, hasGrown } of growth ?? [])
  say(`${what.padEnd(10)} ${before} -> ${after} (allowed ${Math.floor(allowed)})${hasGrown ? ' GREW' : ''}`);
const faults = [...report.faults, ...books.faults];
for (const fault of faults) console.error(fault);
const wrong = faults.length > 0 || (growth ?? []).some(({ hasGrown }) => hasGrown);
say(wrong ? 'NOT as it should be' : 'flat, nothing stuck, every fen where it belongs');
process.exitCode = wrong ? 1 : 0;
