import { randomBytes } from 'node:crypto';
import { startPostgres } from '../postgres/embedded-postgres.ts';
import type { HostSettings } from './settings.ts';
import { supervised } from './supervised.ts';
import { openTestHost } from './test-host.ts';

/** The process of the centre: PostgreSQL and the clearing host with the accounts of the tray. */
const host = supervised<HostSettings>({
  async stop() {
    await opened?.close();
    await postgres?.stop();
  },
  answer: async () => opened?.issueEnrolmentCode(),
});
let opened: Awaited<ReturnType<typeof openTestHost>> | undefined;
let postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;

const { port, dataDir } = host.settings;
postgres = await startPostgres({ dataDir, durable: true });
opened = await openTestHost({ databaseUrl: await postgres.database('clearing'), port, random: randomBytes });
host.ready();
