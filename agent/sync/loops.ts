import type { Logger } from 'pino';
import type { Random } from '../random.ts';
import type { BackOff } from './back-off.ts';
import type { Counters } from './counters.ts';
import { type Loop, type LoopParts, startLoop } from './loop.ts';

/** What a loop's next round came to; `waiting` where the host asked for patience, or does not answer in time. */
export type SyncResult = Awaited<ReturnType<Loop['now']>>;

/** The loops that run, by name. */
export interface Loops {
  start(name: string, intervalMs: LoopParts['intervalMs'], round: LoopParts['round']): void;
  wake(...names: readonly string[]): void;
  wakeAll(): void;
  has(name: string): boolean;
  /** Runs every loop now, and says what each came to within a time. */
  now(withinMs: number): Promise<Readonly<Record<string, SyncResult>>>;
  stop(): Promise<void>;
}

export function syncLoops(parts: {
  readonly backOff: BackOff;
  readonly random: Random;
  readonly log: Logger;
  readonly counters: Counters;
}): Loops {
  const { backOff, random, log } = parts;
  const loops = new Map<string, Loop>();
  const wake = (...names: readonly string[]): void => {
    for (const name of names) loops.get(name)?.wake();
  };
  return {
    start(name, intervalMs, round) {
      const ended = (failed: boolean): void => parts.counters.round(name, failed);
      loops.set(name, startLoop({ name, round, intervalMs, backOff, random, log, ended }));
    },
    wake,
    wakeAll: () => wake(...loops.keys()),
    has: (name) => loops.has(name),
    async now(withinMs) {
      const results = [...loops].map(async ([name, loop]) => [name, await within(withinMs, loop.now())] as const);
      return Object.fromEntries(await Promise.all(results));
    },
    async stop() {
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
    },
  };
}

async function within(ms: number, result: Promise<SyncResult>): Promise<SyncResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SyncResult>((resolve) => {
    timer = setTimeout(() => resolve('waiting'), ms);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
