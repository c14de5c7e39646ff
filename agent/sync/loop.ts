import type { Logger } from 'pino';
import type { Random } from '../random.ts';
import { type BackOff, backOffMs } from './back-off.ts';

/** What a round of a loop came to: nothing left to do, more to do at once, or a failure to be tried again. */
export type Round =
  /** `nextMs`: when to look again, sooner than the interval. */
  | { readonly kind: 'done'; readonly nextMs?: number }
  | { readonly kind: 'more' }
  | { readonly kind: 'failed'; readonly retryAfterMs?: number };

/** A round that ended because the host did not answer, or asked for patience. */
export const failedRound = ({ retryAfterMs }: { readonly retryAfterMs?: number }): Round => ({
  kind: 'failed',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

export interface Loop {
  /** Runs a round now, or straight after the one that is running. While the host asked for patience, it waits on. */
  wake(): void;
  /** The same, and says what the next round that begins came to; `waiting` while the host asked for patience. */
  now(): Promise<Round['kind'] | 'waiting'>;
  /** Ends the loop; a round that is running is aborted and awaited. */
  stop(): Promise<void>;
}

export interface LoopParts {
  readonly name: string;
  /** One round. What it throws counts as a failure. */
  readonly round: (signal: AbortSignal) => Promise<Round>;
  /** Wait after a round that left nothing to do; asked each time where it may change. */
  readonly intervalMs: number | (() => number);
  readonly backOff: BackOff;
  readonly random: Random;
  readonly log: Logger;
  /** Called after each round. */
  readonly ended?: (failed: boolean) => void;
}

/** So many rounds in a row may find more to do: a host that always has more is left alone for a while. */
const MAX_MORE = 1_000;

/** Runs rounds until it is stopped: after `intervalMs`, when woken, and after failures with back-off and full jitter. */
export function startLoop(parts: LoopParts): Loop {
  const stopping = new AbortController();
  let woken = false;
  let patience = false;
  let endWait: (() => void) | undefined;
  let failures = 0;
  let more = 0;
  let askers: ((kind: Round['kind'] | 'waiting') => void)[] = [];

  const attempt = (): Promise<Round> =>
    parts.round(stopping.signal).catch((error: unknown): Round => {
      if (!stopping.signal.aborted)
        parts.log.error({ err: error, loop: parts.name }, 'a sync round broke; trying again');
      return { kind: 'failed' };
    });

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        endWait = undefined;
        resolve();
      }
      endWait = done;
    });

  const waitMs = (round: Round): number => {
    failures = round.kind === 'failed' ? failures + 1 : 0;
    more = round.kind === 'more' ? (more + 1) % MAX_MORE : 0;
    if (more > 0) return 0;
    const intervalMs = typeof parts.intervalMs === 'number' ? parts.intervalMs : parts.intervalMs();
    if (round.kind === 'more') return intervalMs;
    if (round.kind === 'done') return Math.min(round.nextMs ?? intervalMs, intervalMs);
    return backOffMs(parts.backOff, failures, parts.random, round.retryAfterMs);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      woken = false;
      const answering = askers;
      askers = [];
      const round = await attempt();
      parts.ended?.(round.kind === 'failed');
      const ms = waitMs(round);
      patience = round.kind === 'failed' && (round.retryAfterMs ?? 0) > 0;
      for (const answer of answering) answer(round.kind);
      if (patience) for (const answer of askers.splice(0)) answer('waiting');
      if (ms > 0 && (patience || !woken) && !stopping.signal.aborted) await wait(ms);
      patience = false;
    }
    for (const answer of askers) answer('waiting');
  };
  const running = run();
  const wake = (): void => {
    woken = true;
    if (!patience) endWait?.();
  };

  return {
    wake,
    now() {
      if (patience || stopping.signal.aborted) return Promise.resolve('waiting');
      return new Promise((resolve) => {
        askers.push(resolve);
        wake();
      });
    },
    async stop() {
      stopping.abort();
      endWait?.();
      await running;
    },
  };
}
