// `npm test`: types, style and import bounds, unused code, then the tests. Arguments go to the test runner.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { withMemoryFolder } from './memory-folder.mjs';

const ROOT = join(import.meta.dirname, '..');

/** They write nothing that another reads: side by side, each one's words in one piece. */
const CHECKS = [
  ['types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['types of the page', 'node_modules/typescript/bin/tsc', '-p', 'agent/cashier/tsconfig.json'],
  ['style and import bounds', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['unused code', 'node_modules/knip/bin/knip.js'],
];
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const TESTS = ['tests', 'node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];

/** Settles to whether it passed. */
function run([name, ...command], stdio, env = process.env) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, command, { stdio, cwd: ROOT, env });
  // Ctrl-C reaches the child as well: it ends first, and this one tidies up after it.
  const handOn = (signal) => signal === 'SIGINT' || child.kill(signal);
  for (const signal of ENDING) process.on(signal, handOn);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  return new Promise((resolve) => {
    child.once('close', (status) => {
      for (const signal of ENDING) process.off(signal, handOn);
      process.stderr.write(Buffer.concat(said));
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      const passed = status === 0;
      console.error(`npm test: ${name} ${passed ? 'passed in' : 'failed after'} ${seconds} s`);
      resolve(passed);
    });
  });
}

/** The files of the tests lie in memory where there is room, unless TMPDIR says where they are wanted. */
function runTests() {
  if (process.env.TMPDIR) return run(TESTS, 'inherit');
  return withMemoryFolder((folder) => run(TESTS, 'inherit', folder ? { ...process.env, TMPDIR: folder } : process.env));
}

const checks = await Promise.all(CHECKS.map((check) => run(check, ['ignore', 'pipe', 'pipe'])));
if (checks.includes(false)) process.exit(1);
if (!(await runTests())) process.exit(1);
