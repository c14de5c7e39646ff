import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Secret } from '../../emv/values/index.ts';
import type { ReadOnlyQueue } from '../../offline-queue/index.ts';
import { queuePaths } from '../config/paths.ts';
import { CliError } from './cli-error.ts';
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

async function configuredStateDir(path: string, io: CliIo): Promise<string> {
  const { readConfig } = await import('../config/read-config.ts');
  const read = readConfig(JSON.parse(readFileSync(path, 'utf8')), io.environment);
  if (read.kind === 'config') return read.config.stateDir;
  const [first] = read.problems;
  const what = first === undefined ? 'it is invalid' : `${first.at}: ${first.message}`;
  throw new CliError('wrong-configuration', `${path} cannot be used: ${what}`, 'Mend it, or give --state-dir.');
}

async function stateDir({ stateDir: given, config }: QueueWhere, io: CliIo): Promise<string> {
  if (given !== undefined) return given;
  if (config !== undefined) return configuredStateDir(config, io);
  return io.environment['JDPOS_STATE_DIR'] ?? SANDBOX_DIR;
}

/** The folder that holds the queue: the one named, or the terminal's part of a sandbox's. */
async function queueDir(where: QueueWhere, io: CliIo): Promise<string> {
  const dir = resolve(io.workingDirectory, await stateDir(where, io));
  const found = [dir, join(dir, AGENT_PART)].find((one) => existsSync(queuePaths(one).queue));
  if (found !== undefined) return found;
  const next = 'Say where it is with --state-dir or JDPOS_STATE_DIR, or start the daemon once.';
  throw new CliError('no-queue', `there is no queue in ${dir}`, next);
}

/** Where the queue and its key are. */
export type QueueFiles = ReturnType<typeof queuePaths>;

/** Throws CliError `no-queue` when either is missing. */
export async function queueFiles(where: QueueWhere, io: CliIo): Promise<QueueFiles> {
  const files = queuePaths(await queueDir(where, io));
  // The key store makes a key where there is none, which would only hide that the right one is missing.
  if (!existsSync(files.masterKey)) {
    throw new CliError(
      'no-queue',
      `${files.masterKey} is missing`,
      'Bring back the key file that belongs to this queue.',
    );
  }
  return files;
}

/** The master key; whoever asks for it wipes it. */
export async function openKey({ masterKey: keyPath }: QueueFiles): Promise<Secret> {
  const { loadMasterKey } = await import('../../offline-queue/index.ts');
  return loadMasterKey(keyPath, () => {
    throw new CliError('no-queue', `${keyPath} has gone`, 'Bring it back and try again.');
  });
}

/**
 * Opens the queue's file for reading, beside the daemon or without it, and closes it after the work. Throws CliError
 * `no-queue`, and QueueError for what is wrong with the file.
 */
export async function withQueue<T>(where: QueueWhere, io: CliIo, work: (queue: ReadOnlyQueue) => T): Promise<T> {
  const files = await queueFiles(where, io);
  const { openQueueReadOnly } = await import('../../offline-queue/index.ts');
  const masterKey = await openKey(files);
  try {
    const queue = openQueueReadOnly({ path: files.queue, masterKey });
    try {
      return work(queue);
    } finally {
      queue.close();
    }
  } finally {
    masterKey.wipe();
  }
}
