import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingForDiskShim } from '../disk-shim/index.ts';
import { type PowerCutReport, powerCuts, scratchFolder } from './power-cuts.ts';
import { record } from './recording.ts';

/*
 * The long run: `npm run power-cut -- --images 10000 --seed 7`. With `--synchronous normal` it shows what is lost when the
 * disk is not waited for. Exit code 1 when an image has lost anything; the recording stays then.
 */
const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    synchronous: { type: 'string', default: 'full' },
  },
});
const [images, seed] = [Number(values.images), Number(values.seed)];
const synchronous = (['full', 'normal'] as const).find((level) => level === values.synchronous);
/** A queue of its own for so many images: a short one is checked quickly. */
const IMAGES_A_RECORDING = 1_000;
const SHOWN = 20;
const RUN = { processes: 4, steps: 30 } as const;

const missing = missingForDiskShim();
if (
  !Number.isInteger(images) ||
  images < 1 ||
  !Number.isInteger(seed) ||
  synchronous === undefined ||
  missing.length > 0
) {
  console.error('usage: npm run power-cut -- [--images 5000] [--seed 1] [--synchronous full|normal]');
  if (missing.length > 0) console.error(`missing: ${missing.join(', ')}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'jdpos-power-cut-'));
const scratch = scratchFolder();
const module = join(import.meta.dirname, 'recorded-process.js');

function cutOne(number: number, count: number, level: 'full' | 'normal'): PowerCutReport {
  const run = { ...RUN, folder: join(folder, String(number)), seed: seed + number, synchronous: level, module };
  const recording = record(run);
  const report = powerCuts(recording, { images: count, seed, scratch });
  const counts = Object.entries(report.byCut).map(([cut, cuts]) => `${cuts} ${cut}`);
  console.log(
    `seed ${seed + number}: ${report.images} images (${counts.join(', ')}) of ${report.operations} operations and ` +
      `${report.told} told steps; ${report.lost.length} lost, ${report.corrupt.length} corrupt`,
  );
  return report;
}

let [judged, lost, corrupt] = [0, 0, 0];
for (let number = 0; judged < images && lost + corrupt === 0; number++) {
  const report = cutOne(number, Math.min(images - judged, IMAGES_A_RECORDING), synchronous);
  for (const line of [...report.corrupt, ...report.lost].slice(0, SHOWN)) console.log(line);
  [judged, lost, corrupt] = [judged + report.images, lost + report.lost.length, corrupt + report.corrupt.length];
}
rmSync(scratch, { recursive: true });
const sound = lost + corrupt === 0;
if (sound) rmSync(folder, { recursive: true });
else console.log(`the recording is in ${folder}`);
console.log(`${judged} images: ${lost} lost, ${corrupt} corrupt`);
process.exitCode = sound ? 0 : 1;
