import type { StatusResource } from '../api/status-resource.ts';
import { daemonAt } from '../cli/daemon.ts';
import type { Config } from '../config/schema.ts';
import { SetupCancelled } from './asker.ts';
import { listener } from './listener.ts';
import { awaitHealth, startTrial, type TrialDaemon } from './running-terminal.ts';
import type { ServiceControl } from './service.ts';
import type { SetupParts } from './setup-parts.ts';
import { settledStatus } from './still-there.ts';
import { ms, passed, skipped, type TestResult } from './tests.ts';
import { tryBalance } from './try-balance.ts';

/** A terminal that runs, and how it stands. */
export interface Up {
  readonly kind: 'up';
  readonly status: StatusResource;
  readonly test: TestResult;
  readonly balance: TestResult;
}

export type Came =
  | Up
  /** Nothing was to be started here. */
  | { readonly kind: 'not-started'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'cancelled' };

/** Starts the terminal as its service, or, where no service is to be, for the setup alone; then asks a card for its balance. */
export async function bringUp(parts: SetupParts, config: Config, control: ServiceControl | undefined): Promise<Came> {
  if (control !== undefined) return withService(parts, config, control);
  if (parts.flags.systemd) return { kind: 'not-started', why: 'systemd does not run here; the unit is in place' };
  const url = urlOf(config);
  const other = await daemonAt(url, parts.fetch)
    .status()
    .then(
      () => true,
      () => false,
    );
  if (other) {
    const who = listener(config.register.port) ?? 'this user may not see which process';
    return { kind: 'not-started', why: `a daemon runs at ${url} already (${who}): start it again with these settings` };
  }
  const held = heldPort(config);
  if (held !== undefined) return { kind: 'failed', why: held };
  parts.asker.say('starting the terminal for a trial');
  const trial = startTrial(parts.program, parts.places.config, trialEnvironment(parts.environment));
  try {
    return await watch(parts, config, trial);
  } finally {
    await trial.stop();
  }
}

/** Which program keeps a port of the terminal; undefined: none does. */
function heldPort({ register, central }: Config): string | undefined {
  for (const port of [register.port, central.port]) {
    const who = port === 0 ? undefined : listener(port);
    if (who !== undefined) return `port ${port} is taken by ${who}: end it, or name another with --port`;
  }
  return undefined;
}

/** What the daemon would take from the environment would not be in the file that is tried. */
const trialEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('JDPOS_')));

const urlOf = ({ register: { host, port } }: Config): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

async function withService(parts: SetupParts, config: Config, control: ServiceControl): Promise<Came> {
  parts.asker.say('starting the service, and waiting until it is healthy');
  const fault = await control.start();
  if (fault !== undefined) return { kind: 'failed', why: fault };
  const came = await watch(parts, config);
  if (came.kind !== 'failed') return came;
  const words = await control.lastWords();
  return { kind: 'failed', why: words === '' ? came.why : `${came.why}; its log ends: ${words}` };
}

async function watch(parts: SetupParts, config: Config, trial?: TrialDaemon): Promise<Came> {
  const { fetch: fetchIt, sleep, clock, interrupted, asker, uuid } = parts;
  const url = urlOf(config);
  const over = (): string | undefined => (interrupted.aborted ? 'interrupted' : trial?.ended());
  const health = await awaitHealth({ url, fetch: fetchIt, sleep, now: clock.monotonic, over });
  if (interrupted.aborted) return { kind: 'cancelled' };
  if (health.kind === 'ill') return { kind: 'failed', why: health.why };
  const how = trial === undefined ? 'as a service' : 'for a trial; no service was installed';
  const test = passed('service', how, [ms('until it was healthy', health.afterMs)]);
  asker.say('it runs, and is healthy');
  const daemon = daemonAt(url, fetchIt);
  // From here on the terminal is whole: an interruption ends the inquiry alone.
  const balance = await tryBalance(asker, { daemon, key: uuid, sleep, now: clock.monotonic }).catch(
    (error: unknown) => {
      if (error instanceof SetupCancelled) return skipped('balance', 'interrupted');
      return skipped('balance', error instanceof Error ? error.message : String(error));
    },
  );
  const status = await settledStatus(daemon, sleep, clock.monotonic).catch(() => health.status);
  return { kind: 'up', status, test, balance };
}
