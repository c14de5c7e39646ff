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
  /** Milliseconds since the last contact; Infinity before the first. */
  silentForMs(): number;
}

/** @param changed called after each change between reachable and not */
export function reachability(clock: Clock, changed: (reachable: boolean) => void): Reachability {
  let reachable = false;
  let last: { at: number; monotonic: number } | undefined;

  const become = (now: boolean): void => {
    if (reachable === now) return;
    reachable = now;
    changed(now);
  };

  return {
    state: () => ({ reachable, ...(last && { lastContactAt: utc(last.at) }) }),
    contact() {
      last = { at: clock.now(), monotonic: clock.monotonic() };
      become(true);
    },
    noContact: () => become(false),
    silentForMs: () => (last === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - last.monotonic),
  };
}
