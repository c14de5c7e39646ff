import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDiskShim, type DiskOperation, parseDiskLog, withDiskShim } from '../disk-shim/index.ts';

/** What one recorded process is to do; handed to it as JSON. */
export interface RecordedRun {
  /** Where its queue and key are. */
  readonly folder: string;
  readonly seed: number;
  readonly steps: number;
  readonly synchronous: 'full' | 'normal';
  readonly end: 'close' | 'kill' | 'failed-sync';
  /** The disk shim. */
  readonly library: string;
}

/** The file in which a recorded process tells what is committed. */
export const TOLD = 'told';

/** Folders of their own, which must be made, and must be there after a power cut. */
export const queuePathsIn = (folder: string): { readonly queue: string; readonly masterKey: string } => ({
  queue: join(folder, 'terminal', 'queue', 'queue.db'),
  masterKey: join(folder, 'terminal', 'keys', 'master.key'),
});

export interface Recording {
  readonly folder: string;
  /** Everything that the disk was asked to do, by all processes. */
  readonly operations: readonly DiskOperation[];
}

export interface RecordingPlan {
  /** Made for the recording. */
  readonly folder: string;
  readonly seed: number;
  /** Processes, one after the other on the same queue; all but the last end as if killed. */
  readonly processes: number;
  /** Of each process. */
  readonly steps: number;
  readonly synchronous: 'full' | 'normal';
  /** The built `recorded-process.js`. */
  readonly module: string;
}

/** Lets processes work on a queue and keeps all that they did to the disk. Needs the build and the disk shim. */
export function record({ folder, seed, processes, steps, synchronous, module }: RecordingPlan): Recording {
  const watched = join(folder, 'disk');
  mkdirSync(watched, { recursive: true });
  const library = buildDiskShim(folder);
  const log = join(folder, 'log');
  const env = withDiskShim(library, watched, log);
  for (let number = 1; number <= processes; number++) {
    const killed = synchronous === 'full' && number % 2 === 0 ? 'failed-sync' : 'kill';
    const end = number === processes ? 'close' : killed;
    runOne(module, { folder: watched, seed: seed * 1_000 + number, steps, synchronous, end, library }, env);
  }
  return { folder: watched, operations: parseDiskLog(readFileSync(log)) };
}

function runOne(module: string, run: RecordedRun, env: NodeJS.ProcessEnv): void {
  const { signal, status, stderr } = spawnSync(process.execPath, [module, JSON.stringify(run)], {
    env,
    encoding: 'utf8',
  });
  if (signal !== 'SIGKILL') throw new Error(`the recorded process ended by itself with ${status}: ${stderr}`);
}
