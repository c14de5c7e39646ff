import type { Logger } from 'pino';
import type { Queue } from '../offline-queue/index.ts';
import { type Clock, utc } from './clock.ts';
import type { Round } from './sync/loop.ts';

export interface ArchivingParts {
  readonly queue: Pick<Queue, 'archive' | 'payments'>;
  /** How long settled records stay in the queue. */
  readonly onlineMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Between two steps, so that a tap that comes in the meantime waits for one at most. */
const PAUSE_MS = 500;
const WHILE_PAYING_MS = 30_000;

/** Moves one file's worth of old records out of the queue, when nobody is paying. */
export async function archiveRound({ queue, onlineMs, clock, log }: ArchivingParts): Promise<Round> {
  if (queue.payments.unfinished().length > 0) return { kind: 'done', nextMs: WHILE_PAYING_MS };
  const archived = queue.archive.step({ onlineMs, at: utc(clock.now()) });
  if (archived === undefined) return { kind: 'done' };
  const { file, first, last, payments } = archived;
  log.info({ file, first, last, payments }, 'settled records archived');
  return { kind: 'done', nextMs: PAUSE_MS };
}
