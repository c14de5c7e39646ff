import type { After } from '../../drivers/index.ts';

export interface ManualTimers {
  readonly after: After;
  /** What is set now, in milliseconds, in the order in which it was set. */
  readonly pending: readonly number[];
  /** Lets the first timer that was set for so long run out. */
  fire(ms: number): void;
}

/** Timers that run out when a test says so. */
export function manualTimers(): ManualTimers {
  const timers: { ms: number; callback: () => void }[] = [];
  return {
    after: (ms, callback) => {
      const timer = { ms, callback };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
    get pending() {
      return timers.map(({ ms }) => ms);
    },
    fire: (ms) => {
      const at = timers.findIndex((timer) => timer.ms === ms);
      const [timer] = at < 0 ? [] : timers.splice(at, 1);
      if (timer === undefined) throw new Error(`no timer of ${ms} ms among ${timers.map((each) => each.ms)}`);
      timer.callback();
    },
  };
}
