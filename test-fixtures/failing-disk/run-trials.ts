import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDiskShim, type DiskError, withDiskShim } from '../disk-shim/index.ts';
import { scratchFolder } from '../power-cut/power-cuts.ts';
import type { FailReport } from './fail-each.ts';

export interface TrialRun {
  /** The built `faulty-process.js`. */
  readonly module: string;
  readonly errors: readonly DiskError[];
  /** Names of trials; absent: all. */
  readonly trials?: readonly string[];
  /** 1, or absent: every call of a trial fails once; 3: every third one. */
  readonly every?: number;
}

/** Runs trials in a process of their own, whose disk fails. Throws an Error when it does not come to its end. */
export function runTrials({ module, errors, trials = [], every = 1 }: TrialRun): FailReport {
  const [built, folder] = [mkdtempSync(join(tmpdir(), 'jdpos-shim-')), scratchFolder()];
  try {
    const library = buildDiskShim(built);
    const args = [module, library, folder, errors.join(), trials.join(), String(every)];
    const env = withDiskShim(library, folder);
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`the trials ended with ${status}: ${stderr}`);
    return JSON.parse(stdout) as FailReport;
  } finally {
    for (const made of [built, folder]) rmSync(made, { recursive: true, force: true });
  }
}
