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
const SETTLE_MS = 2_000;

/**
 * An object that waits for its end is held on to: collected, it would ask pcscd in its destructor. The gap between pcscd's answer and the call is
 * all that is left.
 */
export function nativeEnds(place: PcscdPlace): NativeEnds {
  const waiting: (() => void)[] = [];
  let working: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (await standsStill(place)) await new Promise<void>((resolve) => void place.after(AGAIN_MS, resolve));
      else for (const close of waiting.splice(0)) close();
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
