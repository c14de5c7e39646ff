// `npm test`: types, style and import bounds, unused code, then the tests. Arguments go to the test runner.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** They write nothing that another reads: side by side, each one's words in one piece. */
const CHECKS = [
  ['types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['types of the page', 'node_modules/typescript/bin/tsc', '-p', 'agent/cashier/tsconfig.json'],
  ['style and import bounds', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['unused code', 'node_modules/knip/bin/knip.js'],
];
const TESTS = ['tests', 'node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];

/** Settles to whether it passed. */
function run([name, ...command], stdio) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, command, { stdio, cwd: ROOT });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  return new Promise((resolve) => {
    child.once('close', (status) => {
      process.stderr.write(Buffer.concat(said));
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      const passed = status === 0;
      console.error(`npm test: ${name} ${passed ? 'passed in' : 'failed after'} ${seconds} s`);
      resolve(passed);
    });
  });
}

const checks = await Promise.all(CHECKS.map((check) => run(check, ['ignore', 'pipe', 'pipe'])));
if (checks.includes(false) || !(await run(TESTS, 'inherit'))) process.exit(1);
