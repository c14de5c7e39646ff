import type { After } from '../driver-tools.ts';
import type { Signal } from './frames.ts';

/** What is heard while something is waited for. `lost`: the line is gone; `aborted`: nobody waits any longer. */
export type Heard = Signal | { readonly kind: 'late' | 'lost' | 'aborted' };

export interface SignalQueue {
  /** What came in; kept until somebody listens, as far as there is room. */
  hear(signal: Signal): void;
  /** Tells whoever listens, now or next, that the line is gone. */
  lost(): void;
  /**
   * Listens until `decide` gives something, `timeoutMs` in all, whatever else comes meanwhile. What `decide` is given is its own
   * to wipe.
   */
  until<T>(
    timeoutMs: number,
    decide: (heard: Heard) => Promise<T | undefined> | T | undefined,
    signal?: AbortSignal,
  ): Promise<T | 'late'>;
  /** Wipes what was kept; a line that was gone may be back. */
  forget(): void;
}

/** A device that floods is not listened to beyond that. */
const MAX_WAITING = 64;

export function signalQueue(after: After): SignalQueue {
  const waiting: Signal[] = [];
  /** The line has gone, and nobody listened just then. */
  let isLost = false;
  let wake: ((heard: Heard) => void) | undefined;

  const next = (signal?: AbortSignal): Promise<Heard> => {
    if (signal?.aborted) return Promise.resolve({ kind: 'aborted' });
    const first = waiting.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (isLost) return Promise.resolve({ kind: 'lost' });
    return new Promise((resolve) => {
      const settle = (heard: Heard): void => {
        wake = undefined;
        signal?.removeEventListener('abort', abort);
        resolve(heard);
      };
      const abort = (): void => settle({ kind: 'aborted' });
      signal?.addEventListener('abort', abort);
      wake = settle;
    });
  };

  return {
    hear: (signal) => {
      if (wake !== undefined) wake(signal);
      else if (waiting.length < MAX_WAITING) waiting.push(signal);
      else wipe(signal);
    },
    lost: () => {
      isLost = true;
      wake?.({ kind: 'lost' });
    },
    until: async (timeoutMs, decide, signal) => {
      let late = false;
      const callOff = after(timeoutMs, () => {
        late = true;
        wake?.({ kind: 'late' });
      });
      try {
        while (!late) {
          const decided = await decide(await next(signal));
          if (decided !== undefined) return decided;
        }
        return 'late';
      } finally {
        callOff();
      }
    },
    forget: () => {
      isLost = false;
      for (const signal of waiting.splice(0)) wipe(signal);
    },
  };
}

/** A message may hold an enciphered PIN. */
export function wipe(signal: Heard): void {
  if (signal.kind === 'message') signal.message.data.fill(0);
}
