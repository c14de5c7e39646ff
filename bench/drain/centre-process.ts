import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { createHsm, createTerminalCa, startClearingHost } from '../../clearing/index.ts';
import { Pan, Secret } from '../../emv/values/index.ts';
import { PLAIN_PARAMETERS } from '../../test-fixtures/clearing-host/plain-parameters.ts';
import { startPostgres } from '../../test-fixtures/postgres/embedded-postgres.ts';
import { TEST_HSM_KEYS } from '../../test-fixtures/sandbox/test-keys.ts';
import { derOf } from '../../test-fixtures/sandbox/tls-files.ts';
import type { CentreParts, CentreReady } from './processes.ts';

/** The reference host on a durable PostgreSQL, over TLS alone, in a process of its own. */
const { server, terminals, pan: digits } = JSON.parse(process.argv[2] ?? '{}') as CentreParts;
const pan = Pan.parse(digits);
if (pan === undefined) throw new RangeError('no PAN');

const folder = mkdtempSync(join(tmpdir(), 'jdpos-drain-centre-'));
const postgres = await startPostgres({ dataDir: join(folder, 'data'), durable: true });
const host = await startClearingHost({
  databaseUrl: await postgres.database('clearing'),
  secure: { host: '127.0.0.1', port: 0, ...server },
  terminalCa: createTerminalCa({
    certificate: terminals.certificate,
    privateKey: new Secret(derOf(terminals.privateKey)),
    validDays: 30,
    random: randomBytes,
  }),
  hsm: createHsm({ keys: TEST_HSM_KEYS, production: false, random: randomBytes }),
  parameters: PLAIN_PARAMETERS,
  settle: { everyMs: 3_600_000 },
  clock: Date.now,
  random: randomBytes,
  log: pino({ level: 'warn' }, pino.destination(2)),
});
await host.admin.loadCards([
  { pan, expiry: '2030-12-31', accountBalanceMinor: 0, chipBalanceMinor: 1_000_000, pin: '123456' },
]);
const code = randomUUID();
await host.admin.issueEnrolmentCode({
  code,
  terminal: 'BENCH-1',
  merchant: { id: 'M1', name: 'BENCH SHOP', categoryCode: '5411' },
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
});
process.once('disconnect', async () => {
  await host.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.send?.({ port: host.port, code } satisfies CentreReady);
