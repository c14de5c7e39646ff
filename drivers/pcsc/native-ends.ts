import { withLimit } from '../driver-tools.ts';
import { type PcscdPlace, standingOf } from './pcscd-client.ts';

/** Ends objects of the native module, which ask pcscd for it on the main thread. */
export interface NativeEnds {
  /** Asks pcscd, as before an object is made that asks it for a context (see Ending). When it does, what waits for that goes on. */
  isAnswering(): Promise<boolean>;
  /** Runs `close` in a later turn: not while pcscd stands still, since it would stand still with it. */
  end(close: () => void): void;
  /**
   * Lets an object that never watched be collected: its destructor joins a watching thread that it takes for granted, and ends the process
   * with a segmentation fault where none was ever started. So one is started, and ended after its first report.
   */
  dispose(native: Disposable): void;
  /** A thread of the native module has just reported. */
  reported(): void;
  /** Settles when all are ended that can be, or when pcscd stands still for too long. */
  settled(): Promise<void>;
}

interface Disposable {
  get_status(report: () => void): void;
  close(): void;
}

/** What is to be done with an object. */
interface Ending {
  readonly run: () => void | Promise<void>;
  /** The library holds a lock of the whole process while a context is made, and the main thread needs it to let one go. */
  readonly makesContext: boolean;
}

const AGAIN_MS = 1_000;
/**
 * A thread of the native module that has just reported is on its way back to pcscd, to wait there for what comes next. Until it waits it
 * misses what would wake it, and after a twentieth of a second of trying its close waits for it on the main thread, for as long as nothing
 * happens to the reader. So nothing is closed until no thread has reported for so long.
 */
export const BACK_AT_PCSCD_MS = 250;
const SETTLE_MS = 2_000;

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Holds on to the objects, also when nobody else does any more: collected, one would ask pcscd in its destructor. */
const owed = new Set<Ending>();

/** The gap between pcscd's answer and the call is all that is left. */
export function nativeEnds(place: PcscdPlace): NativeEnds {
  const waiting: Ending[] = [];
  let isAway = false;
  let reports = 0;
  let working: Promise<void> | undefined;
  const passed = (ms: number): Promise<void> => new Promise((resolve) => void place.after(ms, resolve));
  const isDue = ({ makesContext }: Ending): boolean => !(isAway && makesContext);

  /** One after the other; what is left when a thread reports goes on waiting. */
  const runAll = async (ready: readonly Ending[], isQuiet: () => boolean): Promise<void> => {
    for (const ending of ready) {
      // Reports that came during the one before are told in between.
      await nextTurn();
      if (!isQuiet()) return;
      waiting.splice(waiting.indexOf(ending), 1);
      const run = Promise.resolve(ending.run()).then(() => owed.delete(ending));
      await withLimit(run, AGAIN_MS, place.after);
    }
  };

  const work = async (): Promise<void> => {
    while (waiting.some(isDue)) {
      await nextTurn();
      const [ready, before] = [[...waiting], reports];
      await passed(BACK_AT_PCSCD_MS);
      const standing = await standingOf(place);
      isAway = standing === 'away';
      if (standing === 'stands-still') await passed(AGAIN_MS);
      else await runAll(ready.filter(isDue), () => reports === before);
    }
    working = undefined;
  };

  const begin = (): void => {
    if (waiting.some(isDue)) working ??= work();
  };
  const add = (ending: Ending): void => {
    owed.add(ending);
    waiting.push(ending);
    begin();
  };

  const reported = (): void => {
    reports += 1;
  };
  const end = (close: () => void): void => add({ run: close, makesContext: false });

  return {
    isAnswering: async () => {
      if ((await standingOf(place)) !== 'answers') return false;
      isAway = false;
      begin();
      return true;
    },
    end,
    dispose: (native) => {
      const watch = (): Promise<void> =>
        new Promise((resolve) => {
          native.get_status(() => {
            reported();
            resolve();
          });
        });
      // The report comes under the object's lock, which close() takes again: hence not at once.
      add({ run: () => watch().then(() => end(() => native.close())), makesContext: true });
    },
    reported,
    settled: async () => {
      if (working !== undefined) await withLimit(working, SETTLE_MS, place.after);
    },
  };
}
