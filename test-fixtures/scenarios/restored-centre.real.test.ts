import { randomBytes } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCopied } from '../postgres/copied-cluster.ts';
import type { RunningPostgres } from '../postgres/embedded-postgres.ts';
import { openTestHost, type TestHost } from '../sandbox/test-host.ts';
import { tlsFiles } from '../sandbox/tls-files.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** The reference host's database is put back from a copy; the terminal has more than it, part of it in its archive. */
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const DAY_MS = 86_400_000;
/** Nearly all of the centre's books as the terminal's merchant sees them. */
const ACCOUNTS = `select coalesce(sum(amount_minor), 0)::int as sum from postings where account like 'merchant:%'`;

let folder: string;
let postgres: RunningPostgres;
let host: TestHost;
let agent: AgentUnderTest;
/** How far the centre's clock is ahead. */
let aheadMs = 0;
let archived: string;

const start = async (port: number): Promise<void> => {
  const [databaseUrl, tls] = [await postgres.database('clearing'), await tlsFiles(join(folder, 'tls'))];
  host = await openTestHost({ databaseUrl, port, tls, random, clock: () => Date.now() + aheadMs });
};

async function ask(database: string, text: string): Promise<{ [column: string]: unknown }[]> {
  const client = new pg.Client({ connectionString: await postgres.database(database) });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** While the centre is down its database becomes another one's copy. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const { port } = host;
  await host.close();
  await ask('postgres', `drop database if exists ${to}`);
  await ask('postgres', `create database ${to} template ${from}`);
  await start(port);
}

const troubles = async () => (await agent.status()).clearing.troubles ?? [];
const settled = () =>
  until('everything to settle', async () => {
    const page = agent.queue.batches.list({ limit: 500 });
    const all = 'items' in page && page.items.every(({ state }) => state === 'settled');
    return all && agent.queue.backlog().records === 0 ? true : undefined;
  });
const sell = async (card: string, amountMinor: number) => {
  expect(await agent.sale(card, amountMinor)).toMatchObject({ state: 'approved' });
};
const held = async (): Promise<unknown> =>
  (await ask('clearing', 'select count(*)::int as count from records')).at(0)?.['count'];
const holds = (count: number) =>
  until(`the centre to hold ${count} records`, async () => ((await held()) === count ? true : undefined));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-restored-'));
  postgres = await startCopied(join(folder, 'data'));
  await start(0);
  const clearing = { url: `http://127.0.0.1:${host.port}` };
  agent = await AgentUnderTest.prepare({ clearing, acceptTestKeys: true, sync: { batchMaxAgeMs: 100 } });
  agent.unusual = { enrolmentCode: await host.issueEnrolmentCode() };
  await agent.up();
  await agent.ready();
  await sell('rich', 101);
  await settled();
  await copyDatabase('clearing', 'copy');
  for (const [card, amount] of [
    ['rich', 102],
    ['ctq-online', 103],
  ] as const) {
    await sell(card, amount);
    await settled();
  }
  aheadMs = 12 * DAY_MS;
  for (const [card, amount] of [
    ['rich', 104],
    ['ctq-online', 105],
  ] as const) {
    await sell(card, amount);
    await settled();
  }
  aheadMs = 0;
  const file = agent.queue.archive.step({
    onlineMs: 10 * DAY_MS,
    at: new Date(Date.now() + 11 * DAY_MS).toISOString(),
  });
  expect(file).toMatchObject({ first: { sequence: 1 }, last: { sequence: 3 } });
  archived = file?.file ?? '';
});
afterAll(async () => {
  await agent.stop();
  await host.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a centre that was put back from an older copy', () => {
  it('is told what it lacks, and waits for an archive file that is not there', async () => {
    const [path, away] = [join(agent.folder, 'queue.db.archive', archived), join(folder, archived)];
    renameSync(path, away);
    await copyDatabase('copy', 'clearing');
    expect(await held()).toBe(1);
    // Nothing new is sold: the terminal finds out when it asks where its chain stands.
    await agent.restart();
    const trouble = await until('the file to be named', async () =>
      (await troubles()).find(({ detail }) => detail.includes('It cannot be sent')),
    );
    expect(trouble).toMatchObject({ code: 'records-lost-at-host' });
    expect(trouble.detail).toContain('records 2 to 5 of epoch 1 (4 records, 4.14 yuan)');
    expect(trouble.detail).toContain(archived);
    // It sells on, and what is new waits behind the gap.
    await sell('rich', 106);
    expect(agent.queue.backlog().records).toBe(1);
    expect(await held()).toBe(1);
    renameSync(away, path);
  });

  it('gets it again, archived or not, and pays what it had paid, once', async () => {
    await holds(6);
    await settled();
    expect(await ask('clearing', ACCOUNTS)).toEqual([{ sum: 101 + 102 + 103 + 104 + 105 + 106 }]);
    expect(await ask('clearing', `select verdict from records where verdict <> 'accepted'`)).toEqual([]);
    expect(await ask('clearing', 'select reason from suspense_items')).toEqual([]);
    await until('the troubles to be over', async () => ((await troubles()).length === 0 ? true : undefined));
    expect(agent.queue.verify()).toMatchObject({ kind: 'sound' });
  });

  it('tells its operator which records were gone', async () => {
    const incidents = await ask('clearing', 'select kind, detail from incidents order by sequence');
    expect(incidents.map(({ kind }) => kind)).toEqual(['records-lost', 'records-lost', 'records-lost', 'records-lost']);
    expect(incidents[1]).toMatchObject({
      detail: expect.stringContaining('records 3 to 3 of epoch 1 of T0000001 (1, approved: 103 fen)'),
    });
  });
});
