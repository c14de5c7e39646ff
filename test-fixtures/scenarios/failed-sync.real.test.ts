import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildDiskShim, missingForDiskShim, withDiskShim } from '../disk-shim/index.ts';
import { until } from '../until.ts';
import { FakeClearing } from './fake-clearing.ts';
import { SandboxUnderTest } from './sandbox-under-test.ts';

const JDPOS = join(import.meta.dirname, '../../dist/agent/cli/jdpos.cjs');
const SALE = { kind: 'purchase', amountMinor: 100, currency: 'CNY', reference: 'r' };
/** Later than what a start needs, with enrolment and parameters. */
const FAILING_SYNC = 40;

const missing = missingForDiskShim();
if (missing.length > 0) console.warn(`the failed sync is skipped; missing: ${missing.join(', ')}`);

describe.skipIf(missing.length > 0)('an agent whose disk does not confirm a commit', () => {
  let folder: string;
  let clearing: FakeClearing;
  let agent: ChildProcess | undefined;
  let said = '';

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-failed-sync-'));
    clearing = await FakeClearing.start();
  });
  afterEach(async () => {
    agent?.kill('SIGKILL');
    await clearing.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the agent as it runs on a terminal; gives the register's address. */
  const start = async (more: NodeJS.ProcessEnv): Promise<string> => {
    const stateDir = join(folder, 'state');
    mkdirSync(stateDir, { recursive: true });
    const config = join(folder, 'jdpos.json');
    const ports = { register: { port: 0 }, central: { port: 0 } };
    writeFileSync(config, JSON.stringify({ stateDir, clearing: { url: clearing.url }, ...ports }));
    const args = [JDPOS, 'run', '--json', '--config', config, '--enrolment-code', 'CODE-0001'];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...more },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    agent = child;
    said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    return until('the agent to run', async () => /"registerUrl":"([^"]+)"/.exec(said)?.[1]);
  };

  const post = (url: string, body?: object): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'idempotency-key': randomUUID(), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });

  /** Registers a payment and cancels it; gives whether the agent took it. */
  const payAndCancel = async (url: string): Promise<boolean> => {
    const answer = await post(`${url}/v1/payments`, SALE);
    if (answer.status !== 202) return false;
    const { id } = (await answer.json()) as { id: string };
    await post(`${url}/v1/payments/${id}/cancel`);
    return true;
  };

  test('takes nothing more and ends, saying so; started again, it goes on', async () => {
    const env = { ...withDiskShim(buildDiskShim(folder), join(folder, 'state')), DISK_SHIM_SYNC: String(FAILING_SYNC) };
    const url = await start(env);
    const ended = agent && once(agent, 'exit');
    await until('the agent to end', async () => {
      await payAndCancel(url).catch(() => false);
      return agent?.exitCode ?? undefined;
    });
    expect(await ended).toEqual([1, null]);
    expect(JSON.parse(said.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'sync-failed' } });

    const again = await start({});
    await until('a payment', async () => ((await payAndCancel(again)) ? true : undefined));
  });
});

describe.skipIf(missing.length > 0)('a sandbox whose disk does not confirm a commit of the agent', () => {
  test('starts the agent again, which goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jdpos-failed-sync-'));
    const shim = buildDiskShim(folder);
    // Of the agent's own folder; the centre's disk is another one.
    const env = (stateDir: string) => ({
      ...withDiskShim(shim, join(stateDir, 'agent')),
      DISK_SHIM_SYNC: String(FAILING_SYNC),
    });
    const sandbox = await SandboxUnderTest.start('in-process', env);
    try {
      const sell = async (): Promise<true | undefined> => {
        const { status, body } = await sandbox.call<{ id?: string }>(
          ...(['POST', '/v1/payments', SALE, { 'idempotency-key': randomUUID() }] as const),
        );
        if (status === 202) await sandbox.call('POST', `/v1/payments/${body.id}/cancel`);
        return status === 202 ? true : undefined;
      };
      await until('the agent to be gone', async () => {
        await sell().catch(() => undefined);
        return sandbox.output.includes('sync-failed') ? true : undefined;
      });
      await until('the agent to sell again', () => sell().catch(() => undefined));
    } finally {
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
