import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Queue } from '../offline-queue/index.ts';
import type { Random } from './random.ts';
import type { BackOff } from './sync/back-off.ts';
import { type Loop, type Round, startLoop } from './sync/loop.ts';

/** Other keys for what is stored, while payments go on. */
export interface KeyRotator {
  /** Takes up a rotation that an earlier run has not finished. */
  start(): void;
  /** Begins one, unless one is under way. Throws QueueError when the key store fails; then nothing has changed. */
  rotate(): { readonly masterKey: 'new' | 'same' };
  underWay(): boolean;
  stop(): Promise<void>;
}

export interface KeyRotatorParts {
  readonly queue: Pick<Queue, 'keys'>;
  readonly backOff: BackOff;
  readonly random: Random;
  readonly log: Logger;
}

/** How long a reader of the file, such as `queue verify`, is waited for before the next look. */
const READER_WAIT_MS = 1_000;
const IDLE_MS = 2 ** 31 - 1;

export function keyRotator({ queue, backOff, random, log }: KeyRotatorParts): KeyRotator {
  let loop: Loop | undefined;

  const round = async (): Promise<Round> => {
    if (!queue.keys.underWay()) return { kind: 'done' };
    const left = queue.keys.goOn();
    if (left === 'done') log.info('the keys are rotated; what was stored under the old ones is gone');
    if (left === 'waits') return { kind: 'done', nextMs: READER_WAIT_MS };
    // A tap that has come in meanwhile goes first.
    await nextTurn();
    return { kind: left === 'done' ? 'done' : 'more' };
  };
  return {
    start() {
      if (queue.keys.underWay()) log.info('a rotation of the keys goes on');
      loop = startLoop({ name: 'keys', round, intervalMs: IDLE_MS, backOff, random, log });
    },
    rotate() {
      const begun = queue.keys.begin();
      log.info(begun, 'the keys are being rotated');
      loop?.wake();
      return begun;
    },
    underWay: () => queue.keys.underWay(),
    async stop() {
      await loop?.stop();
    },
  };
}
