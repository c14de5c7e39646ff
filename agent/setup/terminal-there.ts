import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyStore, openQueueReadOnly, QueueError } from '../../offline-queue/index.ts';
import { CliError } from '../cli/cli-error.ts';
import { keyPlaces } from '../config/key-places.ts';
import { queuePaths } from '../config/paths.ts';
import { readConfig } from '../config/read-config.ts';
import type { Config } from '../config/schema.ts';
import { parseJson } from '../json.ts';
import type { Places } from './places.ts';

/** The settings file that is there, as it stands, and as the daemon takes it. */
export interface ConfigThere {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly config: Config;
}

/** Undefined where there is none. Throws CliError `wrong-configuration`: a file that is broken is for a person to mend. */
export function configThere(path: string): ConfigThere | undefined {
  if (!existsSync(path)) return undefined;
  const raw = parseJson(readFileSync(path, 'utf8'));
  const read = readConfig(raw ?? null, {});
  if (read.kind === 'config') return { raw: raw as ConfigThere['raw'], config: read.config };
  const problems = read.problems.map(({ at, message }) => `${at || 'the file'}: ${message}`).join('; ');
  throw new CliError('wrong-configuration', `${path} is there and is wrong: ${problems}`, 'Mend it, or move it away.');
}

/**
 * What stands in the place of the state folder. `new`: nothing does. `begun`: a setup that was broken off has left a terminal
 * that it was making, perhaps enrolled. `there`: a terminal; `terminal` is absent while it is not enrolled. `sealed`: one whose master
 * key is kept where a setup cannot read it.
 */
export type TerminalThere =
  | { readonly kind: 'new' | 'begun' }
  | { readonly kind: 'there'; readonly terminal?: string }
  | { readonly kind: 'sealed'; readonly why: string };

/** Throws CliError `wrong-use` where other files stand in the place, and QueueError for what is wrong with a queue. */
export function terminalThere(places: Places, config: Config | undefined): TerminalThere {
  const paths = queuePaths(places.stateDir);
  if (existsSync(paths.queue)) return readTerminal(places.stateDir, paths.queue, config);
  const others = existsSync(places.stateDir) ? readdirSync(places.stateDir) : [];
  if (others.length > 0) {
    const what = `${places.stateDir} holds no queue, and is not empty (${others.slice(0, 3).join(', ')})`;
    throw new CliError('wrong-use', what, 'Empty it, or name a folder inside it with --state-dir.');
  }
  return { kind: existsSync(join(places.stagedState, 'queue.db')) ? 'begun' : 'new' };
}

function readTerminal(stateDir: string, path: string, config: Config | undefined): TerminalThere {
  try {
    const masterKey = openKeyStore({ ...keyPlaces(stateDir, config?.keyStore), credentials: undefined });
    const queue = openQueueReadOnly({ path, masterKey });
    try {
      const terminal = queue.identity.get()?.terminal;
      return { kind: 'there', ...(terminal !== undefined && { terminal }) };
    } finally {
      queue.close();
    }
  } catch (error) {
    const elsewhere = config !== undefined && config.keyStore.place.kind !== 'file';
    if (elsewhere && error instanceof QueueError) return { kind: 'sealed', why: error.message };
    throw error;
  }
}

/** Its enrolment stays: there is nothing to ask the centre for. */
export const isEnrolled = (there: TerminalThere): boolean =>
  there.kind === 'sealed' || (there.kind === 'there' && there.terminal !== undefined);
