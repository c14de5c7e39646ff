import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crashRounds, prepareQueue } from './crash-rounds.ts';

const ROUNDS = 20;
const MODULE = join(import.meta.dirname, '../../dist/test-fixtures/queue-crash/committing-process.js');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a process killed in the midst of commits loses no outcome that it told of, and leaves a sound chain', async () => {
  const { told, records } = await crashRounds({ path: prepareQueue(folder), rounds: ROUNDS, module: MODULE });
  expect(told).toBeGreaterThanOrEqual(ROUNDS);
  expect(records).toBeGreaterThanOrEqual(told);
}, 240_000);
