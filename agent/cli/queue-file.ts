import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MasterKey, ReadOnlyQueue } from '../../offline-queue/index.ts';
import { queuePaths } from '../config/paths.ts';
import type { KeyStoreConfig } from '../config/schema.ts';
import { CliError } from './cli-error.ts';
import { describeProblems } from './describe-problems.ts';
import type { CliIo } from './io.ts';

export interface QueueWhere {
  /** Folder of the queue and its key. */
  readonly stateDir?: string | undefined;
  /** The daemon's settings file, which names the folder. */
  readonly config?: string | undefined;
}

/** Where a sandbox keeps its state, and the terminal's own part in it. */
const SANDBOX_DIR = '.jdpos';
const AGENT_PART = 'agent';

/** Where the state is, and where its key is kept. */
export interface Place {
  readonly stateDir: string;
  readonly keyStore?: KeyStoreConfig;
}

async function configuredPlace(path: string, io: CliIo): Promise<Place> {
  const { loadConfig } = await import('../config/config-file.ts');
  const read = loadConfig(path, io.environment);
  if (read.kind === 'config') return read.config;
  const what = describeProblems(read.problems).join('; ');
  throw new CliError('wrong-configuration', `${path} cannot be used: ${what}`, 'Mend it, or give --state-dir.');
}

async function placeOf({ stateDir, config }: QueueWhere, io: CliIo): Promise<Place> {
  if (stateDir !== undefined) return { stateDir };
  if (config !== undefined) return configuredPlace(config, io);
  const said = io.environment['JDPOS_STATE_DIR'];
  if (said !== undefined) return { stateDir: said };
  if (io.environment['JDPOS_CONFIG'] === undefined && existsSync(resolve(io.workingDirectory, SANDBOX_DIR)))
    return { stateDir: SANDBOX_DIR };
  const { configPath } = await import('../config/config-file.ts');
  const path = configPath(undefined, io.environment, io.usualFile);
  return path === undefined ? { stateDir: SANDBOX_DIR } : configuredPlace(path, io);
}

/** The folder that holds the queue: the one named, or the terminal's part of a sandbox's. */
function queueDir(stateDir: string, io: CliIo): string {
  const dir = resolve(io.workingDirectory, stateDir);
  const holds = (path: string): boolean => existsSync(path) || existsSync(`${path}.retiring`);
  const found = [dir, join(dir, AGENT_PART)].find((one) => holds(queuePaths(one).queue));
  if (found !== undefined) return found;
  const next = 'Say where it is with --state-dir or JDPOS_STATE_DIR, or start the daemon once.';
  throw new CliError('no-queue', `there is no queue in ${dir}`, next);
}

/** The queue's file, and the key store that belongs to it. */
export interface QueueFiles {
  readonly queue: string;
  readonly masterKey: MasterKey;
}

/**
 * @param random absent: for reading only
 * Throws CliError `no-queue` when the queue or its key is missing.
 */
export async function queueFiles(where: QueueWhere, io: CliIo, random?: CliIo['random']): Promise<QueueFiles> {
  return filesAt(await placeOf(where, io), io, random);
}

async function filesAt({ stateDir, keyStore }: Place, io: CliIo, random?: CliIo['random']): Promise<QueueFiles> {
  const dir = queueDir(stateDir, io);
  const { openKeyStore } = await import('../../offline-queue/index.ts');
  const { keyPlaces } = await import('../config/key-places.ts');
  const places = keyPlaces(dir, keyStore);
  // The key store makes a key where there is none, which would only hide that the right one is missing.
  if (places.place.kind === 'file' && places.previous === undefined && !existsSync(places.place.path)) {
    throw new CliError('no-queue', `${places.place.path} is missing`, KEY_MISSING);
  }
  const credentials = io.environment['CREDENTIALS_DIRECTORY'];
  const masterKey = openKeyStore({ ...places, credentials, ...(random && { random }) });
  return { queue: queuePaths(dir).queue, masterKey };
}

/**
 * Opens the queue's file for reading, beside the daemon or without it, and closes it after the work. Throws CliError
 * `no-queue`, and QueueError for what is wrong with the file.
 */
export async function withQueue<T>(where: QueueWhere, io: CliIo, work: (queue: ReadOnlyQueue) => T): Promise<T> {
  return withQueueAt(await placeOf(where, io), io, work);
}

/** The same where the settings have been read already. */
export async function withQueueAt<T>(place: Place, io: CliIo, work: (queue: ReadOnlyQueue) => T): Promise<T> {
  const { queue: path, masterKey } = await filesAt(place, io);
  const { openQueueReadOnly } = await import('../../offline-queue/index.ts');
  const queue = openQueueReadOnly({ path, masterKey });
  try {
    return work(queue);
  } finally {
    queue.close();
  }
}

const KEY_MISSING =
  'Bring back the key file that belongs to this queue; if its key is kept elsewhere, name the settings with --config.';
