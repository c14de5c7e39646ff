import { type Clock, utc } from '../clock.ts';

export interface ReachabilityState {
  readonly reachable: boolean;
  /** RFC 3339, UTC; absent before the first contact. */
  readonly lastContactAt?: string;
}

/** Whether the clearing host can be asked now, learned from real contacts alone. */
export interface Reachability {
  state(): ReachabilityState;
  /** The host answered. */
  contact(): void;
  /** The host did not answer, or something else did. */
  noContact(): void;
}

/** @param changed called after each change between reachable and not */
export function reachability(clock: Clock, changed: (reachable: boolean) => void): Reachability {
  let reachable = false;
  let lastAt: number | undefined;

  const become = (now: boolean): void => {
    if (reachable === now) return;
    reachable = now;
    changed(now);
  };

  return {
    state: () => ({ reachable, ...(lastAt !== undefined && { lastContactAt: utc(lastAt) }) }),
    contact() {
      lastAt = clock.now();
      become(true);
    },
    noContact: () => become(false),
  };
}
