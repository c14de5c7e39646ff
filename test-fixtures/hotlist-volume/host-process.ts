import { randomBytes } from 'node:crypto';
import pg from 'pg';
import pino from 'pino';
import { createHsm, startClearingHost } from '../../clearing/index.ts';
import { PLAIN_PARAMETERS } from '../clearing-host/plain-parameters.ts';
import { TEST_HSM_KEYS } from '../sandbox/test-keys.ts';
import type { ToHost } from './messages.ts';

/** The centre: `databaseUrl` as its only argument. Its cards are but tokens, made by the database. */
const [databaseUrl = ''] = process.argv.slice(2);
const host = await startClearingHost({
  databaseUrl,
  listen: { host: '127.0.0.1', port: 0 },
  hsm: createHsm({ keys: TEST_HSM_KEYS, production: false, random: randomBytes }),
  parameters: PLAIN_PARAMETERS,
  settle: { everyMs: 60_000 },
  clock: Date.now,
  random: randomBytes,
  log: pino({ level: 'warn' }, pino.destination(2)),
  guard: {},
});
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();

const CODE = 'HOTLIST-VOLUME';
const merchant = { id: 'M1', name: 'TEST SHOP', categoryCode: '5411' };
const expiresAt = new Date(Date.now() + 24 * 3_600_000).toISOString();
await host.admin.issueEnrolmentCode({ code: CODE, terminal: 'T1', merchant, expiresAt });

const TOKEN = `upper(encode(sha256(n::text::bytea), 'hex'))`;

/** What `addChanges` would write, without 1.5 million PANs. */
async function change(from: number, to: number, listed: boolean): Promise<void> {
  await client.query(
    `insert into hotlist_changes (version, token, listed, made_at)
     select (select coalesce(max(version), 0) from hotlist_changes) + n - $1::int + 1, ${TOKEN}, $3, now()
     from generate_series($1::int, $2::int) n`,
    [from, to, listed],
  );
  await client.query(
    `update hotlist_changes set hash = $1, entries = (select count(*) from
       (select distinct on (token) listed from hotlist_changes order by token, version desc) as last where listed)
     where version = (select max(version) from hotlist_changes)`,
    [randomBytes(32).toString('hex').toUpperCase()],
  );
  await client.query('analyze hotlist_changes');
}

const answer = async (asked: ToHost): Promise<unknown> => {
  if (asked.do === 'change') return change(asked.from, asked.to, asked.listed);
  if (asked.do === 'forget')
    return client.query('update hotlist_changes set hash = null where version <= $1', [asked.version]);
  const { rss } = process.memoryUsage();
  const { rows } = await client.query("select pg_total_relation_size('hotlist_changes')::bigint as bytes");
  return { rss, peakRss: process.resourceUsage().maxRSS * 1024, tableBytes: Number(rows[0].bytes) };
};

process.on('message', (asked: ToHost) => {
  void answer(asked).then((value) => process.send?.({ value }));
});
process.on('disconnect', () => process.exit());
process.send?.({ value: { url: `http://127.0.0.1:${host.port}`, code: CODE } });
