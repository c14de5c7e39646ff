import type { ReaderListener } from './nfc-pcsc.ts';

/** What is reported of a reader before it is known where it hangs. */
export interface KnownLater extends ReaderListener {
  /** It is known now: whatever was reported meanwhile goes to `listener`, and everything after it. False when it is over already. */
  known(listener: () => ReaderListener): boolean;
  /** The reader has gone, or the session: it will never be known. */
  over(): void;
}

/** Keeps the reports on a reader, in their order, until somebody is there to hear them. */
export function knownLater(): KnownLater {
  const kept: ((listener: ReaderListener) => void)[] = [];
  let heard: ReaderListener | undefined;
  let isOver = false;
  return {
    known: (listener) => {
      if (isOver) return false;
      heard = listener();
      for (const report of kept.splice(0)) report(heard);
      return true;
    },
    over: () => {
      isOver = true;
    },
    status: (signal, atr) => {
      if (heard) heard.status(signal, atr);
      else kept.push((listener) => listener.status(signal, atr));
    },
    unplugged: () => {
      if (heard) heard.unplugged();
      else isOver = true;
    },
  };
}
