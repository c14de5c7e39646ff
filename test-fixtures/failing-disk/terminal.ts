import { cpSync } from 'node:fs';
import {
  loadMasterKey,
  openQueue,
  openQueueReadOnly,
  type Queue,
  type ReadOnlyQueue,
} from '../../offline-queue/index.ts';
import { countingRandom } from '../../offline-queue/test-support.ts';
import { fingerprint } from '../power-cut/fingerprint.ts';
import { queuePathsIn } from '../power-cut/recording.ts';

/** What an agent does when it starts: key and queue. */
export function openTerminal(folder: string): Queue {
  const paths = queuePathsIn(folder);
  const random = countingRandom();
  return openQueue({ path: paths.queue, masterKey: loadMasterKey(paths.masterKey, random), random });
}

/** What a tool does beside it. */
export function openToRead(folder: string): ReadOnlyQueue {
  const paths = queuePathsIn(folder);
  return openQueueReadOnly({ path: paths.queue, masterKey: loadMasterKey(paths.masterKey, countingRandom()) });
}

/** The fingerprint of a terminal that starts; throws an Error when it is not sound. */
export function look(folder: string): string {
  const queue = openTerminal(folder);
  try {
    const verification = queue.verify();
    if (verification.kind !== 'sound') throw new Error(verification.explanation);
    return fingerprint(queue);
  } finally {
    queue.close();
  }
}

/** Copies a terminal's folder as it lies there; gives the copy's. */
export function copyOf(folder: string, copy: string): string {
  cpSync(folder, copy, { recursive: true });
  return copy;
}
