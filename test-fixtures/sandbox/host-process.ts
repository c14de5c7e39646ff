import { randomBytes } from 'node:crypto';
import { startPostgres } from '../postgres/embedded-postgres.ts';
import { nextTerminal } from './next-terminal.ts';
import type { HostQuestion, HostSettings } from './settings.ts';
import { supervised } from './supervised.ts';
import { openTestHost } from './test-host.ts';
import { tlsFiles } from './tls-files.ts';

/** The process of the centre: PostgreSQL and the clearing host with the accounts of the tray. */
const host = supervised<HostSettings>({
  async stop() {
    await opened?.close();
    await postgres?.stop();
  },
  async answer(question): Promise<unknown> {
    if (opened === undefined) throw new Error('the centre is not up yet');
    const asked = question as HostQuestion;
    if (asked.do === 'secure-port') return opened.securePort;
    if (asked.do === 'name-terminal') return nextTerminal(tlsDir);
    return opened.issueEnrolmentCode({ lost: true, ...(asked.terminal !== undefined && { terminal: asked.terminal }) });
  },
});
let opened: Awaited<ReturnType<typeof openTestHost>> | undefined;
let postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;

const { port, dataDir, tlsDir } = host.settings;
const tls = tlsFiles(tlsDir);
postgres = await startPostgres({ dataDir, durable: true });
const databaseUrl = await postgres.database('clearing');
opened = await openTestHost({ databaseUrl, port, tls: await tls, random: randomBytes });
host.ready();
