import { pino } from 'pino';
import { type Identity, openKeyStore, openQueue, type Queue } from '../../offline-queue/index.ts';
import { CliError } from '../cli/cli-error.ts';
import type { Clock } from '../clock.ts';
import { keyPlaces } from '../config/key-places.ts';
import { queuePaths } from '../config/paths.ts';
import { readPemFiles } from '../config/pem-files.ts';
import { type Config, settingsOf } from '../config/schema.ts';
import type { Random } from '../random.ts';
import { SOFTWARE } from '../software.ts';
import { createSync, type Sync } from '../sync/sync.ts';

/** An enrolled terminal that has everything it needs to sell. */
export interface EnrolledTerminal {
  readonly terminal: string;
  readonly merchant: string;
  readonly epoch: number;
  readonly parameters: { readonly version: number; readonly caKeys: number; readonly testKeys: boolean };
  readonly hotlistVersion: number;
  /** RFC 3339; absent where TLS is not spoken. */
  readonly certificateUntil?: string;
  /** Of a whole exchange of all that is fetched, milliseconds. */
  readonly exchangeMs: number;
}

export interface EnrolParts {
  /** Where the terminal is made. */
  readonly folder: string;
  readonly config: Config;
  /** One-time code; asked for only where nothing has begun in the folder. */
  readonly code: () => Promise<string>;
  readonly random: Random;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** How often everything is fetched until it is there. */
const ROUNDS = 5;

/**
 * Makes a terminal in a folder: key pair, certificate request, client certificate, parameters, CA keys and hotlist, each checked
 * as the daemon checks it, because it is the daemon's code. The code and the key are on disk before anything is sent: a setup that is
 * killed goes on with the same ones, and the centre gives the same answer. Throws CliError `not-available` when the centre says no or
 * does not answer, and QueueError.
 */
export async function enrolTerminal(parts: EnrolParts): Promise<EnrolledTerminal> {
  const { folder, config, random } = parts;
  const pem = readPemFiles(config);
  if (pem.kind === 'invalid') {
    const problems = pem.problems.map(({ at, message }) => `${at}: ${message}`).join('; ');
    throw new CliError('wrong-configuration', problems, 'Name the right file.');
  }
  const logged: string[] = [];
  const masterKey = openKeyStore({ ...keyPlaces(folder, config.keyStore), credentials: undefined, random });
  const queue = openQueue({ path: queuePaths(folder).queue, masterKey, random });
  try {
    const { sync: settings } = settingsOf(config, pem.files);
    const log = pino({ level: 'warn', base: null, timestamp: false }, { write: (line) => logged.push(line) });
    const { clock } = parts;
    const untold = { changed: () => {}, compared: () => {} };
    const sync = createSync({ queue, settings, software: SOFTWARE, clock, random, log, ...untold });
    try {
      return await withSync(sync, queue, parts, logged);
    } finally {
      await sync.stop();
    }
  } finally {
    queue.close();
  }
}

async function withSync(sync: Sync, queue: Queue, parts: EnrolParts, logged: readonly string[]) {
  const { signal, clock, say } = parts;
  const unlessStopped = async <T>(work: Promise<T>): Promise<T> => {
    const stopped = stoppedBy(signal);
    try {
      return await Promise.race([work, stopped.promise]);
    } finally {
      stopped.forget();
    }
  };
  if (queue.identity.get() === undefined) {
    const code = queue.identity.enrolmentUnderWay() ?? (await parts.code());
    say('asking the centre to take this terminal in');
    const outcome = await unlessStopped(sync.enrol(code));
    if (outcome.kind === 'refused') throw new EnrolmentRefused(outcome.code, outcome.detail);
    if (outcome.kind === 'unreachable') throw unreachable(logged);
  } else sync.start();
  say('fetching certificate, parameters, CA keys and hotlist');
  for (let round = 0; round < ROUNDS; round++) {
    const begun = clock.monotonic();
    await unlessStopped(sync.now());
    const exchangeMs = Math.round(clock.monotonic() - begun);
    const whole = wholeTerminal(sync, queue.identity.get(), parts.config, exchangeMs);
    if (whole !== undefined) return whole;
  }
  throw new CliError(
    'not-available',
    `the terminal is enrolled, and the centre does not give it everything: ${lastWord(logged) ?? 'no parameters or no hotlist'}`,
    'Run setup again: it goes on from here, without another code.',
  );
}

/** Undefined while something is missing. */
function wholeTerminal(
  sync: Sync,
  identity: Identity | undefined,
  { clearing }: Config,
  exchangeMs: number,
): EnrolledTerminal | undefined {
  const parameters = sync.parameters.current();
  const { ageS, version } = sync.hotlist.status();
  const certificate = sync.certificate();
  const secured = certificate !== undefined || !clearing.url.startsWith('https:');
  if (identity === undefined || parameters === undefined || ageS === undefined || !secured) return undefined;
  const { terminal, merchant, epoch } = identity;
  const testKeys = parameters.caKeys.some(({ mark }) => mark === 'TEST');
  return {
    ...{ terminal, merchant, epoch, exchangeMs },
    parameters: { version: parameters.version, caKeys: parameters.caKeys.length, testKeys },
    hotlistVersion: version,
    ...(certificate && { certificateUntil: certificate.notAfter }),
  };
}

/** What is wrong with a code, by what the centre calls it. */
const CODE_FAULTS: Readonly<Record<string, string>> = {
  'code-unknown':
    'the centre has not given out this code: look for a slip of the hand, and whether it is this centre’s',
  'code-expired': 'the code has expired',
  'code-used': 'the code has been used, perhaps for another terminal',
};

/** The centre does not take this terminal in; another code may. */
export class EnrolmentRefused extends CliError {
  constructor(code: string, detail: string | undefined) {
    const fault = CODE_FAULTS[code];
    const said = [code, detail].filter((part) => part !== undefined && part !== '').join(': ');
    const next = 'Ask its operator for a new code, and run setup again with it.';
    super(
      'not-available',
      fault === undefined ? `the centre refuses this terminal (${said})` : `${fault} (${said})`,
      next,
    );
  }
}

function unreachable(logged: readonly string[]): CliError {
  const why = lastWord(logged) ?? 'no answer';
  const next = 'Check network, address, CA file and clock, and run setup again: it goes on with the same code.';
  return new CliError('not-available', `the clearing host has not answered: ${why}`, next);
}

/** What the log said last, in words. */
function lastWord(logged: readonly string[]): string | undefined {
  const last = logged.at(-1);
  if (last === undefined) return undefined;
  const { msg, why, fault } = JSON.parse(last) as Record<'msg' | 'why' | 'fault', unknown>;
  return [msg, why, fault].filter((part) => typeof part === 'string' && part !== '').join(': ') || undefined;
}

function stoppedBy(signal: AbortSignal): { readonly promise: Promise<never>; forget(): void } {
  let forget = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    forget = () => signal.removeEventListener('abort', stop);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  promise.catch(() => {});
  return { promise, forget };
}
