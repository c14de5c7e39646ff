import { randomBytes } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { openPcscReaders } from '../drivers/index.ts';
import { openKeyStore, type Queue } from '../offline-queue/index.ts';
import { openAgentQueue } from './agent-queue.ts';
import type { AgentSettings } from './agent-settings.ts';
import { compose } from './compose.ts';
import { type Loaded, loadConfig, withPemFiles } from './config/config-file.ts';
import { keyPlaces } from './config/key-places.ts';
import { queuePaths } from './config/paths.ts';
import type { ConfigProblem, Environment } from './config/read-config.ts';
import { type Reloaded, type RunningConfiguration, runningConfiguration } from './config/running.ts';
import { type Config, settingsOf } from './config/schema.ts';
import { openDevices } from './devices/open-devices.ts';
import { logFile } from './log-file.ts';
import { memorySweeper, overwritesFreed } from './memory-sweep.ts';
import { present } from './present.ts';
import { serviceManager } from './service-manager.ts';
import { BUILT_AT, CASHIER_FOLDER, SOFTWARE } from './software.ts';

export interface RunOptions {
  /** The settings file (JSON); without one the environment has to say enough. */
  readonly configPath?: string;
  /** One-time code of the centre, for a terminal that is not enrolled; wins over the configuration. */
  readonly enrolmentCode?: string;
  readonly environment: Environment;
  /** Ends the agent. */
  readonly signal: AbortSignal;
  /** Called once, when the servers listen. */
  readonly ready?: (urls: { readonly registerUrl: string; readonly centralUrl: string }) => void;
}

export type RunResult =
  | { readonly kind: 'ended' }
  /** Nothing was opened. */
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/**
 * Runs the agent of a terminal until the signal aborts: settings, queue, PC/SC readers, servers, loops. Throws QueueError
 * and DriverError, whose messages say what to do, and what the system says of a file or a port. QueueError `sync-failed` and
 * `moved` also while it runs: it is to be started again.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { configPath, environment } = options;
  const load = (): Loaded => withPemFiles(loadConfig(configPath, environment));
  const read = load();
  if (read.kind === 'invalid') return read;

  // Node opens its inspector on SIGUSR1, and with it the memory that holds the keys, unless somebody takes the signal.
  process.on('SIGUSR1', ignore);
  const { stateDir, keyStore } = read.config;
  const masterKey = openKeyStore({
    ...keyPlaces(stateDir, keyStore),
    credentials: environment['CREDENTIALS_DIRECTORY'],
    random,
  });
  const { level, file } = read.config.log;
  const kept = file && logFile(file, Date.now);
  const { queue, distrusted } = openAgentQueue({ path: queuePaths(stateDir).queue, masterKey, random });
  const log = pino({ name: 'jdpos', level }, kept ?? pino.destination(1));
  try {
    const signal = AbortSignal.any([options.signal, distrusted]);
    const configuration = runningConfiguration(read, load, ({ log: to }) => {
      log.level = to.level;
    });
    const settings = settingsOf(read.config, read.pem);
    await serve({ settings, configuration, log, config: read.config, queue }, { ...options, signal });
    distrusted.throwIfAborted();
    return { kind: 'ended' };
  } finally {
    queue.close();
    kept?.close();
    process.off('SIGUSR1', ignore);
  }
}

const ignore = (): void => {};

interface Served {
  readonly settings: AgentSettings;
  readonly configuration: RunningConfiguration;
  readonly config: Config;
  readonly queue: Queue;
  readonly log: Logger;
}

async function serve({ settings, configuration, config, queue, log }: Served, options: RunOptions): Promise<void> {
  const manager = serviceManager({
    environment: options.environment,
    pid: process.pid,
    failed: (why) => log.error({ why }, 'the service manager cannot be told that this daemon runs'),
  });
  if (!overwritesFreed(options.environment['GLIBC_TUNABLES']))
    log.warn('freed memory keeps what was in it: set GLIBC_TUNABLES in the unit (docs/operations.md, Keys)');
  const { roles, ports } = config.readers;
  const socketPath = options.environment['PCSCLITE_CSOCK_NAME'];
  const readers = await openPcscReaders({
    log: (event, details) => log.info(details, event),
    ports,
    ...(socketPath !== undefined && { socketPath }),
    ...(Object.keys(roles).length > 0 && { roles: (name) => roles[name] ?? 'contactless' }),
  });
  const devices = openDevices(config.devices, { readers, log: (event, details) => log.info(details, event) });
  try {
    const agent = await compose(
      present({
        queue,
        readers,
        devices,
        settings,
        configuration,
        enrolmentCode: options.enrolmentCode ?? config.clearing.enrolmentCode,
        clock: { now: Date.now, monotonic: () => performance.now() },
        random,
        log,
        software: SOFTWARE,
        builtAt: BUILT_AT,
        cashierFolder: CASHIER_FOLDER,
        sweepMemory: memorySweeper(),
      }),
    );
    const deaf = onHangUp(() => tellReload(agent.reload?.(), log));
    options.ready?.(agent);
    manager.ready();
    await aborted(options.signal);
    deaf();
    manager.stopping();
    await agent.close();
  } finally {
    manager.close();
    await devices.close();
    await readers.close();
  }
}

/** A service manager's way of saying that the settings have changed. On a terminal it says that the terminal has gone. */
function onHangUp(reload: () => void): () => void {
  if (process.stdout.isTTY) return ignore;
  process.on('SIGHUP', reload);
  return () => process.off('SIGHUP', reload);
}

function tellReload(reloaded: Reloaded | undefined, log: Logger): void {
  if (reloaded?.kind === 'reloaded') log.info({ changes: reloaded.changes }, 'the settings have been read anew');
  else log.error({ problems: reloaded?.problems }, 'the settings are wrong; what holds stays as it is');
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
