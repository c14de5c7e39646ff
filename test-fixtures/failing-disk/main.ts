import { join } from 'node:path';
import { DISK_ERRORS, type DiskError, missingForDiskShim } from '../disk-shim/index.ts';
import { runTrials } from './run-trials.ts';

// `npm run failing-disk`: every call of every step fails once, with every error. Exit code 1 when something was wrong after one.
const missing = missingForDiskShim();
if (missing.length > 0) {
  console.error(`missing: ${missing.join(', ')}`);
  process.exit(2);
}
const module = join(import.meta.dirname, 'faulty-process.js');
for (const error of Object.keys(DISK_ERRORS) as DiskError[]) {
  const { failed, survived, codes, wrong } = runTrials({ module, errors: [error] });
  for (const line of wrong) console.log(line);
  const sum = Object.values(failed).reduce((total, count) => total + count, 0);
  console.log(
    `${error}: ${sum} calls failed`,
    failed,
    codes,
    `${survived} could be done without, ${wrong.length} wrong`,
  );
  if (wrong.length > 0) process.exitCode = 1;
}
