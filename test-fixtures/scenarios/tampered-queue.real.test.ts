import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxUnderTest } from './sandbox-under-test.ts';

const JDPOS = join(import.meta.dirname, '../../dist/agent/cli/jdpos.cjs');

describe('a queue changed by hand', () => {
  let sandbox: SandboxUnderTest;
  let stateDir: string;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start('in-process');
    stateDir = join(sandbox.stateDir, 'agent');
    for (const amount of [100, 200, 300]) await sandbox.sale('rich', amount);
    await sandbox.settledRecords();
  });
  afterAll(() => sandbox.stop());

  const verify = (): { status: number | null; stdout: string } =>
    spawnSync(process.execPath, [JDPOS, 'queue', 'verify', '--json', '--state-dir', stateDir], { encoding: 'utf8' });

  /** Runs one statement on the queue's file, as somebody with the sqlite3 shell would. */
  const byHand = (statement: string): void => {
    const db = new Database(join(stateDir, 'queue.db'));
    db.exec(statement);
    db.close();
  };

  it('is sound while nobody has touched it, with the daemon running', () => {
    const { status, stdout } = verify();
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'sound', records: 3 });
    expect(status).toBe(0);
  });

  it('names the row whose bytes were changed', () => {
    byHand(
      "update records set canonical = replace(canonical, 'amountMinor=200', 'amountMinor=900') where sequence = 2",
    );
    const { status, stdout } = verify();
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'broken', sequence: 2, fault: 'changed' });
    expect(status).toBe(1);
  });
});
