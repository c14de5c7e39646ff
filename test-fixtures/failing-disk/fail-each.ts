import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { QueueError } from '../../offline-queue/index.ts';
import { type DiskError, FAULT_KINDS, type FaultKind, type FaultyDisk } from '../disk-shim/index.ts';
import { copyOf } from './terminal.ts';
import { type Trial, thrownBy } from './trials.ts';

export interface FailReport {
  /** Calls that were made to fail, by kind. */
  readonly failed: { readonly [kind: string]: number };
  /** Failures that SQLite or the queue could do without. */
  readonly survived: number;
  /** By code of the error. */
  readonly codes: { readonly [code: string]: number };
  /** What was wrong after one. */
  readonly wrong: readonly string[];
}

const KINDS = Object.keys(FAULT_KINDS) as readonly FaultKind[];
/** A disk is full for whoever writes or makes something. */
const FULL_KINDS: readonly FaultKind[] = ['open', 'write', 'truncate', 'name'];
/** No trial makes so many calls of one kind. */
const MAX_CALLS = 1_000;

/** Lets the nth call of each kind fail within each trial, n = 1, 1 + `every`, 1 + 2 `every` … until there are no more calls. */
export function failEach(
  trials: readonly Trial[],
  errors: readonly DiskError[],
  disk: FaultyDisk,
  scratch: string,
  every = 1,
): FailReport {
  const failed = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  const codes: { [code: string]: number } = {};
  const wrong: string[] = [];
  let survived = 0;

  const tryOne = (trial: Trial, kind: FaultKind, nth: number, error: DiskError): boolean => {
    const folder = mkdtempSync(join(scratch, 'try-'));
    let [thrown, calls]: [unknown, number] = [undefined, 0];
    const faulty = (work: () => unknown): unknown => {
      disk.arm(kind, nth, error);
      thrown = thrownBy(work);
      calls = disk.disarm();
      if (thrown !== undefined && !(thrown instanceof QueueError)) throw thrown;
      return thrown;
    };
    try {
      if (trial.from !== undefined) copyOf(trial.from, folder);
      trial.run(folder, faulty);
    } catch (fault) {
      disk.disarm();
      wrong.push(`${trial.name}, ${error} at ${kind} ${nth}: ${fault instanceof Error ? fault.stack : String(fault)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    if (calls < nth) return false;
    failed[kind] = (failed[kind] ?? 0) + 1;
    if (thrown === undefined) survived++;
    else if (thrown instanceof QueueError)
      codes[`${error} ${thrown.code}`] = (codes[`${error} ${thrown.code}`] ?? 0) + 1;
    return true;
  };

  mkdirSync(scratch, { recursive: true });
  for (const trial of trials) {
    for (const error of errors) {
      for (const kind of error === 'EIO' ? KINDS : FULL_KINDS) {
        for (let nth = 1; nth <= MAX_CALLS && tryOne(trial, kind, nth, error); nth += every);
      }
    }
  }
  return { failed, survived, codes, wrong };
}
