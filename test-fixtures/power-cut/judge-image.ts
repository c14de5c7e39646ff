import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { loadMasterKey, openQueue, QueueError } from '../../offline-queue/index.ts';
import { countingRandom } from '../../offline-queue/test-support.ts';
import type { Image } from './disk.ts';
import { fingerprint } from './fingerprint.ts';
import { queuePathsIn } from './recording.ts';
import type { Told } from './told.ts';

export type Verdict =
  | { readonly kind: 'kept' }
  /** Something that was told is not there. */
  | { readonly kind: 'lost'; readonly why: string }
  /** It does not open, is not sound, or shows what never was. */
  | { readonly kind: 'corrupt'; readonly why: string };

/** The moment of a power cut: what had been told by then, and what the step under way would have told. */
export interface Moment {
  readonly earlier: readonly Told[];
  readonly last: Told | undefined;
  readonly next: Told | undefined;
}

/** Starts the queue from what a power cut has left, in a scratch folder that is cleared after. */
export function judgeImage(image: Image, root: string, moment: Moment, scratch: string): Verdict {
  try {
    layOut(image, root, scratch);
    return judge(queuePathsIn(scratch), moment);
  } catch (error) {
    // The key on the disk is newer than what it should open: the commit that was told between them is lost.
    const lost = error instanceof QueueError && error.code === 'wrong-key';
    return { kind: lost ? 'lost' : 'corrupt', why: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function layOut({ folders, files }: Image, root: string, scratch: string): void {
  const placed = (path: string): string => join(scratch, relative(root, path));
  for (const folder of folders) mkdirSync(placed(folder), { recursive: true });
  for (const [path, bytes] of files) {
    // Memory shared between processes: SQLite makes it anew when the first one opens.
    if (path.endsWith('-shm')) continue;
    mkdirSync(dirname(placed(path)), { recursive: true });
    writeFileSync(placed(path), bytes, { mode: 0o600 });
  }
}

function judge(paths: ReturnType<typeof queuePathsIn>, moment: Moment): Verdict {
  const random = countingRandom();
  const queue = openQueue({ path: paths.queue, masterKey: loadMasterKey(paths.masterKey, random), random });
  try {
    const verification = queue.verify();
    if (verification.kind !== 'sound') {
      // The file that follows the queue's end tells of what is lost.
      const lost = verification.fault === 'truncated' || verification.fault === 'missing';
      return { kind: lost ? 'lost' : 'corrupt', why: verification.explanation };
    }
    const verdict = compare(fingerprint(queue), moment);
    // What was left can be worked with.
    if (verdict.kind === 'kept') queue.identity.setSetting('after the power cut', 'on');
    return verdict;
  } finally {
    queue.close();
  }
}

function compare(found: string, { earlier, last, next }: Moment): Verdict {
  if (found === last?.fingerprint || found === next?.fingerprint) return { kind: 'kept' };
  const back = earlier.findLastIndex(({ fingerprint: then }) => then === found);
  if (back < 0 && last !== undefined) return { kind: 'corrupt', why: `a state that never was, after ${last.name}` };
  const since = earlier.slice(back + 1).map(({ name }) => name);
  return { kind: 'lost', why: `lost: ${[...since, last?.name].join(', ')}` };
}
