// `npm test`: types, style and import bounds, unused code, then the tests. Arguments go to the test runner.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

const CHECKS = [
  ['types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['types of the page', 'node_modules/typescript/bin/tsc', '-p', 'agent/cashier/tsconfig.json'],
  ['style and import bounds', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['unused code', 'node_modules/knip/bin/knip.js'],
  ['tests', 'node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
];

for (const [name, ...command] of CHECKS) {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit', cwd: ROOT });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`npm test: ${name} failed after ${seconds} s`);
    process.exit(1);
  }
  console.error(`npm test: ${name} passed in ${seconds} s`);
}
