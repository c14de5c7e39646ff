import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pino from 'pino';
import {
  type Agent,
  BUILT_AT,
  CASHIER_FOLDER,
  compose,
  configSchema,
  openDevices,
  queuePaths,
  SOFTWARE,
  settingsOf,
} from '../../agent/index.ts';
import { openPcscReaders, type ReaderRole } from '../../drivers/index.ts';
import { loadMasterKey, openQueue } from '../../offline-queue/index.ts';
import { openSocketReaders } from '../reader/index.ts';
import { supervised } from '../sandbox/supervised.ts';
import { takeSample } from './sample.ts';
import type { TerminalQuestion, TerminalSettings } from './terminal-settings.ts';

/** The terminal of a soak: the daemon as it is composed everywhere, in a process of its own, which can be asked what it holds. */
const MANY = 1_000_000;
const MUCH_MINOR = 10_000_000_000;

const supervisor = supervised<TerminalSettings>({
  async stop() {
    await agent?.close();
    await devices.close();
    await readers.close();
    queue.close();
  },
  async answer(question) {
    switch ((question as TerminalQuestion).do) {
      case 'where':
        return agent?.registerUrl;
      case 'sample':
        return takeSample(subscriptions);
    }
  },
});
const { stateDir, clearingUrl, reader, devices: named } = supervisor.settings;
const random = (length: number): Uint8Array => randomBytes(length);
const log = pino({ level: 'warn' }, pino.destination({ dest: join(stateDir, 'agent.log'), sync: true }));
const paths = queuePaths(stateDir);
const queue = openQueue({ path: paths.queue, masterKey: loadMasterKey(paths.masterKey, random), random });

/** As the sandbox binds them: the second slot of the virtual reader takes cards with contacts. */
const roleOf = (name: string): ReaderRole => (name.endsWith(' 01') ? 'contact' : 'contactless');
const opened =
  reader.kind === 'pcsc'
    ? await openPcscReaders({
        socketPath: reader.pcscdSocket,
        roles: roleOf,
        log: (event, details) => log.info(details, event),
      })
    : await openSocketReaders({ path: reader.socketPath });

/** Who listens to the readers now. */
let subscriptions = 0;
const readers: typeof opened = {
  ...opened,
  subscribe(listener) {
    subscriptions += 1;
    const unsubscribe = opened.subscribe(listener);
    let over = false;
    return () => {
      if (!over) subscriptions -= 1;
      over = true;
      unsubscribe();
    };
  },
};

const config = configSchema.parse({
  stateDir,
  clearing: { url: clearingUrl },
  register: { port: 0 },
  central: { port: 0 },
  devices: named,
  payment: { awaitCardMs: 120_000, presentAgainMs: 120_000, pinEntryMs: 20_000, exchangeMs: 250, tapMs: 5_000 },
  offline: {
    maxUnacknowledgedSumMinor: MUCH_MINOR,
    maxUnacknowledgedCount: 100_000,
    terminal: { dayCount: MANY, daySumMinor: MUCH_MINOR },
    card: { dayCount: MANY, daySumMinor: MUCH_MINOR },
  },
  sync: {
    requestTimeoutMs: 5_000,
    authorisationTimeoutMs: 3_000,
    backOff: { baseMs: 50, capMs: 500 },
    releaseDelayMs: 0,
    contactIntervalMs: 1_000,
    settlementsIntervalMs: 1_000,
    batchMaxAgeMs: 1_000,
  },
});
const devices = openDevices(config.devices, { readers, log: (event, details) => log.info(details, event) });
let agent: Agent | undefined;
agent = await compose({
  queue,
  readers,
  devices,
  settings: settingsOf(config),
  enrolmentCode: 'CODE-0001',
  clock: { now: Date.now, monotonic: () => performance.now() },
  random,
  log,
  software: SOFTWARE,
  builtAt: BUILT_AT,
  cashierFolder: CASHIER_FOLDER,
});
supervisor.ready();
