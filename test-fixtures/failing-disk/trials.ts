import { rmSync } from 'node:fs';
import { QueueError, type Verification } from '../../offline-queue/index.ts';
import { fingerprint } from '../power-cut/fingerprint.ts';
import { STORE_STEPS, type StoreStep } from './store-steps.ts';
import { copyOf, look, openTerminal, openToRead } from './terminal.ts';

/** Something that is done while the disk fails, and what must be true after it. */
export interface Trial {
  readonly name: string;
  /** Where it begins: a terminal that is closed, or was killed. Undefined: nothing is there. */
  readonly from: string | undefined;
  /**
   * Does it in a copy of `from`; `faulty` does the part during which the disk fails, and gives what was thrown. Throws an
   * Error that says what is wrong after it.
   */
  run(folder: string, faulty: Faulty): void;
}

type Faulty = (work: () => unknown) => unknown;

function insist(right: boolean, what: string): void {
  if (!right) throw new Error(what);
}

const saysSyncFailed = (error: unknown): boolean => error instanceof QueueError && error.code === 'sync-failed';

/** All trials. They need folders to begin from, which `newFolder` gives by name. */
export function allTrials(newFolder: (name: string) => string): readonly Trial[] {
  const trials: Trial[] = [];
  let from = newFolder('closed');
  openTerminal(from).close();
  for (const [number, step] of STORE_STEPS.entries()) {
    const after = copyOf(from, newFolder(`after ${number}`));
    const queue = openTerminal(after);
    step.take(queue);
    queue.close();
    trials.push(storeTrial(step, from, look(after)));
    from = after;
  }
  const killed = newFolder('killed');
  const running = openTerminal(copyOf(from, newFolder('running')));
  running.identity.setSetting('large', 'in the journal'.repeat(1_000));
  copyOf(newFolder('running'), killed);
  running.close();
  return [
    ...trials,
    openingTrial('a new terminal', undefined, newFolder('closed')),
    openingTrial('a terminal that was closed', from, from),
    openingTrial('a terminal that was killed', killed, killed),
    readingTrial(from),
    closingTrial(from),
  ];
}

/** A step that fails has changed nothing, and is done at the next try. */
function storeTrial(step: StoreStep, from: string, expected: string): Trial {
  const run: Trial['run'] = (folder, faulty) => {
    const queue = openTerminal(folder);
    const before = fingerprint(queue);
    const error = faulty(() => step.take(queue));
    if (error !== undefined) {
      insist(fingerprint(queue) === before, 'the queue shows something else after a step that failed');
      // As if the agent were killed now: a commit that the disk did not confirm may be there or not, but whole.
      const killed = look(copyOf(folder, `${folder}-killed`));
      rmSync(`${folder}-killed`, { recursive: true });
      insist(killed === before || (saysSyncFailed(error) && killed === expected), 'a kill would leave half a step');
    }
    if (saysSyncFailed(error)) {
      const again = thrownBy(() => step.take(queue));
      insist(saysSyncFailed(again), 'the queue goes on writing after the disk failed to confirm');
    } else if (error !== undefined) step.take(queue);
    queue.close();
    if (saysSyncFailed(error)) takeAgain(step, folder, before);
    insist(look(folder) === expected, 'the step is not done, or more than it is');
  };
  return { name: step.name, from, run };
}

function takeAgain(step: StoreStep, folder: string, before: string): void {
  const queue = openTerminal(folder);
  insist(fingerprint(queue) === before, 'opened again, the queue shows something else');
  step.take(queue);
  queue.close();
}

export function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error ?? 'nothing';
  }
}

function openingTrial(name: string, from: string | undefined, like: string): Trial {
  const expected = onceLooked(like);
  const run: Trial['run'] = (folder, faulty) => {
    faulty(() => openTerminal(folder).close());
    insist(look(folder) === expected(), 'opened again, the queue shows something else');
  };
  return { name: `opening ${name}`, from, run };
}

function readingTrial(from: string): Trial {
  const run: Trial['run'] = (folder, faulty) => {
    let verdict: Verification = { kind: 'sound', records: 0, batches: 0, head: '' };
    faulty(() => {
      const queue = openToRead(folder);
      try {
        verdict = queue.verify();
      } finally {
        queue.close();
      }
    });
    insist(verdict.kind === 'sound', `called broken because the disk could not be read: ${JSON.stringify(verdict)}`);
  };
  return { name: 'reading and verifying', from, run };
}

function closingTrial(from: string): Trial {
  const expected = onceLooked(from);
  const run: Trial['run'] = (folder, faulty) => {
    const queue = openTerminal(folder);
    queue.identity.setSetting('large', 'x');
    queue.identity.setSetting('large', 'y'.repeat(9_000));
    faulty(() => queue.close());
    insist(look(folder) === expected(), 'opened again, the queue shows something else');
  };
  return { name: 'closing', from, run };
}

/** Looks at a copy, when it is first asked. */
function onceLooked(folder: string): () => string {
  let found: string | undefined;
  return () => {
    found ??= look(copyOf(folder, `${folder}-looked-at`));
    return found;
  };
}
