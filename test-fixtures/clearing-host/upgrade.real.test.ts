import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../clearing/host/database/database.ts';
import { migrate } from '../../clearing/host/database/migrate.ts';
import { MIGRATIONS } from '../../clearing/host/database/migrations.ts';
import { startCopied } from '../postgres/copied-cluster.ts';

let stop: () => Promise<void>;
let urlOf: (database: string) => Promise<string>;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-upgrade-'));
  const postgres = await startCopied(join(folder, 'data'));
  urlOf = postgres.database;
  stop = async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
});
afterAll(() => stop());

const TOKEN = 'AB'.repeat(32);

/** A database as an older program has left it. */
async function database(name: string, version: number) {
  const url = await urlOf(name);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'create table schema_migrations (version integer primary key, applied_at timestamptz default now())',
  );
  for (const [at, step] of MIGRATIONS.slice(0, version).entries()) {
    await client.query(step);
    await client.query('insert into schema_migrations (version) values ($1)', [at + 1]);
  }
  const upgrade = async (): Promise<void> => {
    const opened = openDatabase({ url, jitter: () => 0, onIdleError: () => {} });
    await migrate(opened);
    await migrate(opened);
    await opened.close();
  };
  return { client, upgrade };
}

it('a database of the first version keeps what it holds and learns the rest', async () => {
  const { client, upgrade } = await database('clearing', 1);
  await client.query(`
    insert into merchants values ('M1', 'SHOP', '5411');
    insert into terminals values ('T1', 'M1', 1);
    insert into epochs values ('T1', 1, 'M1', '', '', '', now(), null, 2, '');
    insert into cards (token, masked_pan, expiry, blocked, pin_tries_left, balance_minor)
      values ('${TOKEN}', '****5678', '2030-12-31', false, 3, 100);
    insert into batches (id, terminal, epoch, merchant, first_sequence, last_sequence, record_count, total_minor, chain_head,
      merkle_root, seal_signature, received_at)
      values ('3f2b8a52-6f0e-4d9c-9d3e-111111111111', 'T1', 1, 'M1', 1, 2, 2, 0, '', '', '', now());
    insert into records values
      ('T1', 1, 1, '3f2b8a52-6f0e-4d9c-9d3e-111111111111', '', '', null, 'accepted', null, 'undecided', 100),
      ('T1', 1, 2, '3f2b8a52-6f0e-4d9c-9d3e-111111111111', '', '', null, 'disputed', 'unreadable', null, null);
    insert into undecided values ('T1', 1, 1, '${TOKEN}', 1, 7, 100, 500, 'open');
  `);

  await upgrade();

  const rows = async (text: string) => (await client.query(text)).rows;
  expect(await rows('select sequence::int, kind from records order by sequence')).toEqual([
    { sequence: 1, kind: 'purchase' },
    { sequence: 2, kind: null },
  ]);
  expect(await rows('select state, cryptogram_seen from undecided')).toEqual([
    { state: 'open', cryptogram_seen: true },
  ]);
  // A verified TC may bring an account into debt; nothing is ever held below zero.
  await client.query('update cards set held_minor = 50, balance_minor = -20');
  await expect(client.query('update cards set held_minor = -1')).rejects.toThrow('held_not_negative');
  await client.end();
});

it('a debt that was collected before keeps its place in the list and its signature, and old claims are open', async () => {
  const before = MIGRATIONS.findIndex((step) => step.includes('create table collections'));
  const { client, upgrade } = await database('collected', before);
  const [batch, debt, other] = [1, 2, 3].map((digit) => `3f2b8a52-6f0e-4d9c-9d3e-${String(digit).repeat(12)}`);
  await client.query(`
    insert into merchants values ('M1', 'SHOP', '5411');
    insert into terminals values ('T1', 'M1', 1);
    insert into epochs values ('T1', 1, 'M1', '', '', '', now(), null, 3, '');
    insert into cards (token, masked_pan, expiry, blocked, pin_tries_left, balance_minor)
      values ('${TOKEN}', '****5678', '2030-12-31', false, 3, 100);
    insert into batches (id, terminal, epoch, merchant, first_sequence, last_sequence, record_count, total_minor, chain_head,
      merkle_root, seal_signature, received_at)
      values ('${batch}', 'T1', 1, 'M1', 1, 3, 3, 0, '', '', '', now());
    insert into records (terminal, epoch, sequence, batch_id, canonical, chain_hash, verdict, reason, outcome, amount_minor)
      select 'T1', 1, sequence, '${batch}', '', '', 'disputed', 'test', 'approved', 100 from generate_series(1, 3) as sequence;
    insert into debts (id, token, merchant, terminal, epoch, sequence, amount_minor, reason, state, opened_at, closed_at,
      collected_number, collection_key_id, collection_signature)
      values ('${debt}', '${TOKEN}', 'M1', 'T1', 1, 1, 100, 'expired', 'collected', now(), '2026-03-01T04:00:00Z', 1, 'KEY', 'SIGNED'),
        ('${other}', '${TOKEN}', 'M1', 'T1', 1, 2, 100, 'expired', 'open', now(), null, null, null, null);
    insert into suspense_items (terminal, epoch, sequence, claimant, amount_minor, reason)
      values ('T1', 1, 3, 'merchant', 100, 'wrong-cryptogram');
  `);
  await upgrade();
  const { rows } = await client.query(
    'select number::int, id, sequence::int, merchant, token, amount_minor::int, collected_at, key_id, signature from collections',
  );
  expect(rows).toEqual([
    {
      ...{ number: 1, id: debt, sequence: 1, merchant: 'M1', token: TOKEN, amount_minor: 100 },
      ...{ collected_at: new Date('2026-03-01T04:00:00Z'), key_id: 'KEY', signature: 'SIGNED' },
    },
  ]);
  expect((await client.query('select state, paid_by from suspense_items')).rows).toEqual([
    { state: 'open', paid_by: null },
  ]);
  await client.end();
});
