import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileStorage } from './file-storage.ts';

const MODULE = join(import.meta.dirname, '../../dist/test-fixtures/card/paying-process.js');
const ISSUED_BALANCE = 5000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-card-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the paying process until it has said `lines` lines, kills it, and gives all that it said. */
async function payUntilKilled(path: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [MODULE, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  const [code, signal] = await once(child, 'close');
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  return said.split('\n').filter((line) => line !== '');
}

it('a killed process has made a payment whole or not at all, and never loses one that it told of', async () => {
  const path = join(folder, 'card.json');
  let balance = ISSUED_BALANCE;
  for (const lines of [1, 2, 3, 8, 13, 20, 33]) {
    const said = await payUntilKilled(path, lines);
    const paid = said.filter((line) => line === 'paid').length;
    const underWay = said.at(-1) === 'agreed' ? 1 : 0;
    const application = fileStorage(path).load()?.applications[0];
    if (application === undefined) throw new Error('the card has no memory');
    expect(balance - application.balance).toBeGreaterThanOrEqual(paid);
    expect(balance - application.balance).toBeLessThanOrEqual(paid + underWay);
    expect(application.log.length).toBe(Math.min(10, ISSUED_BALANCE - application.balance));
    balance = application.balance;
  }
});
