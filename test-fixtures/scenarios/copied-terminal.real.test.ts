import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startCopied } from '../postgres/copied-cluster.ts';
import type { RunningPostgres } from '../postgres/embedded-postgres.ts';
import { openTestHost, type TestHost } from '../sandbox/test-host.ts';
import { tlsFiles } from '../sandbox/tls-files.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import type { Status } from './sandbox-under-test.ts';

/** Terminals that were copied, restored or installed anew, against the reference host on PostgreSQL. */
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

let folder: string;
let postgres: RunningPostgres;
let database: pg.Pool;
let host: TestHost;
const agents: AgentUnderTest[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-copied-'));
  postgres = await startCopied(join(folder, 'data'));
  const databaseUrl = await postgres.database('clearing');
  database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  database.on('error', () => {});
  host = await openTestHost({ databaseUrl, port: 0, tls: await tlsFiles(join(folder, 'tls')), random });
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
});
afterAll(async () => {
  await host.close();
  await database.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An agent whose centre is the real one; its folder is empty, or a copy of another one's. */
async function prepare(enrolmentCode: string | undefined, copyOf?: AgentUnderTest): Promise<AgentUnderTest> {
  const clearing = { url: `http://127.0.0.1:${host.port}` };
  const agent = await AgentUnderTest.prepare({ clearing, acceptTestKeys: true, sync: { batchMaxAgeMs: 200 } });
  agents.push(agent);
  if (copyOf) copyFileSync(join(copyOf.folder, 'queue.db'), join(agent.folder, 'queue.db'));
  if (enrolmentCode !== undefined) agent.unusual = { enrolmentCode };
  await agent.up();
  return agent;
}

const enrolled = async (): Promise<AgentUnderTest> => {
  const agent = await prepare(await host.issueEnrolmentCode());
  await agent.ready();
  return agent;
};
const stoppedOf = async (agent: AgentUnderTest): Promise<string | undefined> =>
  ((await agent.status()) as Status & { stopped?: { reason: string } }).stopped?.reason;
const stops = (agent: AgentUnderTest, reason: string) =>
  until(`the terminal to be ${reason}`, async () => ((await stoppedOf(agent)) === reason ? true : undefined));
const drained = (agent: AgentUnderTest) =>
  until('everything to be acknowledged', async () => (agent.queue.backlog().records === 0 ? true : undefined));
/** It has asked the centre how far it is; it asks again in an hour, and meanwhile knows of nothing that another one sends. */
const comparedWithCentre = (agent: AgentUnderTest) =>
  until('the terminal to have compared itself', async () => {
    const { body } = await agent.call<{ rounds: Record<string, string> }>('POST', '/v1/sync');
    return body.rounds['chain'] === 'done' ? true : undefined;
  });
const enrol = (agent: AgentUnderTest, code: string) => agent.call<object>('POST', '/v1/enrolment', { code });
/** Kinds of the incidents in the terminal's present epoch and the ones before, oldest first. */
const incidents = async (): Promise<readonly string[]> =>
  (await database.query('select kind from incidents order by first_at, kind')).rows.map(({ kind }) => kind);
const sell = async (agent: AgentUnderTest, amount = 100) => {
  expect(await agent.sale('rich', amount)).toMatchObject({ state: 'approved' });
  return agent.queue.records.head().sequence;
};

describe('a terminal that runs twice', () => {
  it('writes on in one place alone; the other one stops, and its records are in nobody’s place', async () => {
    const first = await enrolled();
    await sell(first, 100);
    await drained(first);
    await first.down();
    const copy = await prepare(undefined, first);
    await copy.ready();
    await comparedWithCentre(copy);
    await first.up();
    await first.ready();
    await sell(first, 200);
    await drained(first);
    await sell(copy, 300);
    await stops(copy, 'forked');
    expect(await incidents()).toContain('batch-fork');
    expect(await enrol(copy, await host.issueEnrolmentCode({ lost: false }))).toMatchObject({
      status: 409,
      body: { code: 'unacknowledged' },
    });
    await copy.restart();
    expect(await stoppedOf(copy)).toBe('forked');
    expect(copy.queue.records.get(1, 2)?.record.amountMinor).toBe(300);
    await sell(first, 400);
    await drained(first);
    expect(await stoppedOf(first)).toBeUndefined();
    const rows = 'select amount_minor::int as amount from records where terminal = $1 and epoch = $2 order by sequence';
    const { epoch } = first.queue.records.head();
    expect((await database.query(rows, ['T0000001', epoch])).rows.map(({ amount }) => amount)).toEqual([100, 200, 400]);
  });
});

describe('a terminal that was put back to an older copy', () => {
  it('sells nothing more in that epoch, and goes on in the next', async () => {
    const first = await enrolled();
    await sell(first);
    await drained(first);
    await first.down();
    const older = join(folder, 'older.db');
    copyFileSync(join(first.folder, 'queue.db'), older);
    await first.up();
    await first.ready();
    await sell(first);
    await drained(first);
    await first.down();
    for (const suffix of ['', '-wal', '-shm', '.head'])
      rmSync(join(first.folder, `queue.db${suffix}`), { force: true });
    copyFileSync(older, join(first.folder, 'queue.db'));
    await first.up();
    await stops(first, 'restored');
    const sale = { kind: 'purchase', amountMinor: 100, currency: 'CNY', reference: 'r' };
    expect(await first.call('POST', '/v1/payments', sale, { 'idempotency-key': 'k' })).toMatchObject({ status: 503 });

    const { epoch } = first.queue.records.head();
    expect(await enrol(first, await host.issueEnrolmentCode({ lost: false }))).toMatchObject({
      status: 200,
      body: { epoch: epoch + 1, closed: { epoch, sequence: 2 } },
    });
    await until('it to go on', async () => ((await stoppedOf(first)) === undefined ? true : undefined));
    await first.ready();
    await sell(first);
    await drained(first);
    expect(first.queue.verify()).toMatchObject({ kind: 'sound' });
  });
});

describe('a terminal that was installed anew', () => {
  it('takes over when it was declared lost, and the one before is superseded', async () => {
    const first = await enrolled();
    await sell(first);
    await drained(first);
    const { epoch } = first.queue.records.head();
    const fresh = await prepare(await host.issueEnrolmentCode({ lost: false }));
    await until('a refusal', async () => (fresh.logged.join('').includes('previous-required') ? true : undefined));
    expect(fresh.queue.identity.get()).toBeUndefined();
    await sell(first);
    await drained(first);

    expect(await enrol(fresh, await host.issueEnrolmentCode({ lost: true }))).toMatchObject({
      status: 200,
      body: { epoch: epoch + 1, closed: { epoch, sequence: 2 } },
    });
    await fresh.ready();
    await sell(fresh);
    await stops(first, 'superseded');
    expect(await enrol(first, await host.issueEnrolmentCode({ lost: false }))).toMatchObject({
      status: 409,
      body: { code: 'enrolment-refused', refusal: 'previous-required' },
    });
    expect(await incidents()).toContain('tail-unknown');
  });
});
