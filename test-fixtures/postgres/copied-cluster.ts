import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type RunningPostgres, startPostgres } from './embedded-postgres.ts';

/** In the environment of a run's tests: a cluster that was made for them, and that nobody starts. */
export const CLUSTER_TO_COPY = 'JDPOS_CLUSTER_TO_COPY';

/**
 * Puts a copy of the run's cluster where a PostgreSQL is about to be started: initdb costs a second of a processor, and each would
 * make the same. Does nothing where no cluster was made; then the one who starts makes its own.
 */
export function copyCluster(dataDir: string): void {
  const made = process.env[CLUSTER_TO_COPY];
  if (made === undefined) return;
  mkdirSync(dirname(dataDir), { recursive: true });
  // With its owner: for root that is nobody.
  const { status, stderr } = spawnSync('cp', ['-a', made, dataDir], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the cluster was not copied: ${stderr}`);
}

/** A PostgreSQL of a test's own, on a copy of the run's cluster. */
export function startCopied(dataDir: string): Promise<RunningPostgres> {
  copyCluster(dataDir);
  return startPostgres({ dataDir, durable: false });
}
