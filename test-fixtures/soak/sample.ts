import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds at one moment. */
export interface Sample {
  /** JavaScript objects in use, and what they keep outside the heap, after two collections. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Open files, sockets and pipes. */
  readonly files: number;
  /** What keeps the event loop going, timers included. */
  readonly handles: number;
  /** Subscriptions to the readers, and listeners of the process. */
  readonly listeners: number;
}

let collect: (() => void) | undefined;

/** Takes a sample of this process. */
export function takeSample(subscriptions: number): Sample {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  const ofProcess = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return {
    heapBytes: heapUsed + external,
    rssBytes: rss,
    files: readdirSync('/proc/self/fd').length,
    handles: process.getActiveResourcesInfo().length,
    listeners: subscriptions + ofProcess,
  };
}
