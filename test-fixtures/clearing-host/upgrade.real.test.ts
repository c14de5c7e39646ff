import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../clearing/host/database/database.ts';
import { migrate } from '../../clearing/host/database/migrate.ts';
import { MIGRATIONS } from '../../clearing/host/database/migrations.ts';
import { startPostgres } from '../postgres/embedded-postgres.ts';

let stop: () => Promise<void>;
let url: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-upgrade-'));
  const postgres = await startPostgres({ dataDir: join(folder, 'data'), durable: false });
  url = await postgres.database('clearing');
  stop = async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
});
afterAll(() => stop());

const TOKEN = 'AB'.repeat(32);

it('a database of the first version keeps what it holds and learns the rest', async () => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'create table schema_migrations (version integer primary key, applied_at timestamptz default now())',
  );
  await client.query(MIGRATIONS[0] ?? '');
  await client.query('insert into schema_migrations (version) values (1)');
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

  const database = openDatabase({ url, jitter: () => 0, onIdleError: () => {} });
  await migrate(database);
  await migrate(database);
  await database.close();

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
