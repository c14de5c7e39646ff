import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeClearing } from './fake-clearing.ts';
import { until } from './sandbox-under-test.ts';

const JDPOS = join(import.meta.dirname, '../../dist/agent/cli/jdpos.js');

interface Finding {
  readonly id: string;
  readonly level: string;
  readonly what: string;
}

interface StatusPart {
  readonly limits: { readonly transactionMinor: number };
  readonly hotlist: { readonly version: number };
}

describe('a daemon as it runs on a terminal', () => {
  let folder: string;
  let clearing: FakeClearing;
  let agent: ChildProcess | undefined;
  let logged = '';
  let url = '';

  const write = (more: object): void => {
    const ports = { register: { port: 0 }, central: { port: 0 } };
    const settings = { stateDir: join(folder, 'state'), clearing: { url: clearing.url }, ...ports, ...more };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(settings, undefined, 2));
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-installed-'));
    clearing = await FakeClearing.start();
    write({});
    const env = { ...process.env, JDPOS_CONFIG: join(folder, 'config.json'), JDPOS_ENROLMENT_CODE: 'CODE-0001' };
    const child = spawn(process.execPath, [JDPOS, 'run', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    agent = child;
    logged = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      logged += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    url = await until('the agent to run', async () => /"registerUrl":"([^"]+)"/.exec(said)?.[1]);
  });
  afterEach(async () => {
    agent?.kill('SIGKILL');
    await clearing.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const jdpos = (...words: string[]): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, JDPOS_CONFIG: join(folder, 'config.json') };
      execFile(process.execPath, [JDPOS, ...words], { env, cwd: folder }, (error, out) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out });
      });
    });

  test('takes its settings over on SIGHUP, says what waits for a restart, and keeps what is right', async () => {
    write({ log: { level: 'debug' }, timeZone: 'UTC' });
    agent?.kill('SIGHUP');
    await until('the settings to be read anew', async () => logged.includes('read anew') || undefined);
    const line = logged.split('\n').find((one) => one.includes('read anew')) ?? '';
    expect(JSON.parse(line).changes).toEqual([
      { path: 'timeZone', effect: 'needs-restart' },
      { path: 'log.level', effect: 'applied' },
    ]);
    write({ log: { level: 'loud' } });
    agent?.kill('SIGHUP');
    await until('the settings to be refused', async () => logged.includes('stays as it is') || undefined);
    const shown = await jdpos('config', 'show', 'log.level', '--running', '--json', '--url', url);
    expect(JSON.parse(shown.out).settings).toMatchObject([{ value: 'debug', source: 'file' }]);
  });

  test('is examined while it runs, and after it has been killed', async () => {
    await until('the terminal to be ready', async () => {
      const status = (await (await fetch(`${url}/v1/status`)).json()) as StatusPart;
      return (status.limits.transactionMinor > 0 && status.hotlist.version > 0) || undefined;
    });
    const findings = JSON.parse((await jdpos('doctor', '--json')).out).findings as readonly Finding[];
    const of = (group: string) => findings.filter(({ id }) => id.startsWith(`${group}.`));
    expect(of('queue').map(({ id, level }) => `${id} ${level}`)).toEqual(
      ['keys', 'enrolment', 'backlog', 'certificate', 'hotlist', 'parameters', 'chain'].map((id) => `queue.${id} ok`),
    );
    expect(of('host').map(({ id, level }) => `${id} ${level}`)).toContain('host.connection ok');
    expect(of('process')[0]?.what).toContain('the daemon runs');
    // Each native module was tried in a process of its own.
    expect(of('software').map(({ what }) => what)).toContainEqual(expect.stringContaining('loads: SQLite 3'));

    agent?.kill('SIGKILL');
    rmSync(join(folder, 'state', 'master.key'));
    const text = await jdpos('doctor', 'queue');
    expect(text).toMatchObject({ code: 1, out: expect.stringContaining('master.key is missing') });
  });
});
