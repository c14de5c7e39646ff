import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from './embedded-postgres.ts';

let folder: string;

beforeAll(() => {
  // Closed to others, as /root is.
  folder = mkdtempSync(join(tmpdir(), 'jdpos-postgres-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query({ text, rowMode: 'array' });
  await client.end();
  return rows;
}

/** Empty for a process that is gone, or dead and not yet reaped. */
const commandOf = (pid: number): string =>
  existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';

describe('embedded PostgreSQL', () => {
  it('keeps what was committed from run to run', async () => {
    const dataDir = join(folder, 'kept');
    const first = await startPostgres({ dataDir, durable: true });
    await query(await first.database('books'), 'create table entry as select 7 as amount');
    await first.stop();
    const second = await startPostgres({ dataDir, durable: true });
    expect(await query(await second.database('books'), 'select amount from entry')).toEqual([[7]]);
    await second.stop();
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
  });

  it('ends with the process that started it, even when that is killed, and starts again', async () => {
    const dataDir = join(folder, 'killed');
    const script = `
      import { runnerImport } from 'vite';
      const { module } = await runnerImport(${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))});
      await module.startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
      console.log('started');
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(starter.stdout, 'data');
    const pid = Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    expect(commandOf(pid)).toContain(dataDir);
    starter.kill('SIGKILL');
    const again = await startPostgres({ dataDir, durable: false });
    expect(await query(await again.database('books'), 'select 1')).toEqual([[1]]);
    expect(commandOf(pid)).not.toContain(dataDir);
    await again.stop();
  });

  it('says what the server said when it cannot start', async () => {
    const dataDir = join(folder, 'broken');
    await (await startPostgres({ dataDir, durable: false })).stop();
    rmSync(join(dataDir, 'global'), { recursive: true });
    await expect(startPostgres({ dataDir, durable: false })).rejects.toThrow(/postgres ended with .*global/);
  });
});
