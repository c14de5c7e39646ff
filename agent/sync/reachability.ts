import { type Clock, utc } from '../clock.ts';

export interface ReachabilityState {
  readonly reachable: boolean;
  /** RFC 3339, UTC; absent before the first contact. */
  readonly lastContactAt?: string;
}

/**
 * Whether the clearing host can be asked now, learned from real contacts alone. A host that was lost counts as there again
 * only when it has answered for a while without a failure in between: taps are not sent to a link that comes and goes.
 */
export interface Reachability {
  state(): ReachabilityState;
  /** While a lost host is coming back: how long it must still hold, ms, before a contact makes it reachable. */
  returningMs(): number | undefined;
  /** The host answered. */
  contact(): void;
  /** The host did not answer, or something else did. True when that is news: it was reachable, or has not been asked before. */
  noContact(): boolean;
}

export interface ReachabilityParts {
  readonly clock: Clock;
  /** How long a host that was lost must answer before it counts as reachable. The first contact of a run needs no proof. */
  readonly releaseDelayMs: number;
  /** Called after each change between reachable and not. */
  readonly changed: (reachable: boolean) => void;
  /** Called when a lost host answers for the first time again. */
  readonly returning: () => void;
}

export function reachability({ clock, releaseDelayMs, changed, returning }: ReachabilityParts): Reachability {
  let reachable = false;
  let lost = false;
  let lastAt: number | undefined;
  /** Since when it answers again, on the monotonic clock. */
  let backSince: number | undefined;

  const become = (now: boolean): void => {
    backSince = undefined;
    if (reachable === now) return;
    reachable = now;
    changed(now);
  };
  const leftMs = (since: number): number => Math.max(0, since + releaseDelayMs - clock.monotonic());

  return {
    state: () => ({ reachable, ...(lastAt !== undefined && { lastContactAt: utc(lastAt) }) }),
    returningMs: () => (backSince === undefined ? undefined : leftMs(backSince)),
    contact() {
      lastAt = clock.now();
      const since = backSince ?? clock.monotonic();
      if (reachable || !lost || leftMs(since) === 0) return become(true);
      const first = backSince === undefined;
      backSince = since;
      if (first) returning();
    },
    noContact() {
      const isNews = reachable || !lost;
      lost = true;
      become(false);
      return isNews;
    },
  };
}
