import { withLimit } from '../driver-tools.ts';
import { type PcscdPlace, standsStill } from './pcscd-client.ts';

/** Ends objects of the native module, which ask pcscd for it on the main thread. */
export interface NativeEnds {
  /** Runs `close` in a later turn: not while pcscd stands still, since it would stand still with it. */
  end(close: () => void): void;
  /** Settles when all are ended, or when pcscd stands still for too long. */
  settled(): Promise<void>;
}

const AGAIN_MS = 1_000;
/**
 * A thread of the native module that has just reported is on its way back to pcscd, to wait there for what comes next. Until it waits it
 * misses what would wake it, and after a twentieth of a second of trying its close waits for it on the main thread, for as long as nothing
 * happens to the reader.
 */
export const BACK_AT_PCSCD_MS = 250;
const SETTLE_MS = 2_000;

/**
 * An object that waits for its end is held on to: collected, it would ask pcscd in its destructor. The gap between pcscd's answer and the call is
 * all that is left.
 */
export function nativeEnds(place: PcscdPlace): NativeEnds {
  const waiting: (() => void)[] = [];
  let working: Promise<void> | undefined;
  const passed = (ms: number): Promise<void> => new Promise((resolve) => void place.after(ms, resolve));

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const ready = waiting.length;
      await passed(BACK_AT_PCSCD_MS);
      if (await standsStill(place)) await passed(AGAIN_MS);
      else for (const close of waiting.splice(0, ready)) close();
    }
    working = undefined;
  };

  return {
    end(close) {
      waiting.push(close);
      working ??= work();
    },
    settled: async () => {
      if (working !== undefined) await withLimit(working, SETTLE_MS, place.after);
    },
  };
}
