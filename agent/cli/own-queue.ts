import type { Queue, ReadOnlyQueue } from '../../offline-queue/index.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';
import { type QueueWhere, queueFiles, withQueue } from './queue-file.ts';

/**
 * Runs work on the queue itself when no daemon has it; otherwise on what the daemon is asked for instead. Throws CliError
 * `no-queue`, and QueueError for what is wrong with the file.
 */
export async function withOwnQueue<T>(
  where: QueueWhere,
  io: CliIo,
  alone: (queue: Queue) => Promise<T>,
  besideDaemon: () => Promise<T>,
): Promise<T> {
  const { openQueue, QueueError } = await import('../../offline-queue/index.ts');
  const { queue: path, masterKey } = await queueFiles(where, io, io.random);
  let queue: Queue;
  try {
    queue = openQueue({ path, masterKey, random: io.random, existing: true });
  } catch (error) {
    if (error instanceof QueueError && error.code === 'locked') return await besideDaemon();
    throw error;
  }
  try {
    return await alone(queue);
  } finally {
    queue.close();
  }
}

/** The daemon at an address might be another terminal's. Throws CliError `unexpected-answer`. */
export async function requireSameTerminal(where: QueueWhere, io: CliIo, terminal: string): Promise<void> {
  const own = await withQueue(where, io, ({ identity }: ReadOnlyQueue) => identity.get()?.terminal);
  if (own === terminal) return;
  const next = 'Say with --url where the daemon of this queue is.';
  throw new CliError('unexpected-answer', `the daemon is ${terminal}'s, the queue is ${own ?? 'nobody'}'s`, next);
}
