import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { CLUSTER_TO_COPY, startCopied } from './copied-cluster.ts';
import { makeCluster } from './embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Data folder of the run's PostgreSQL; undefined where it did not start. */
    readonly postgresFolder: string | undefined;
  }
}

/**
 * One PostgreSQL for a whole run of the real parts: who needs no server of its own has a database of its own in it. Who starts one
 * copies its cluster.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-cluster-'));
  const dataDir = join(folder, 'data');
  const made = join(folder, 'made');
  // Where it does not start, each test that needs it says why.
  const postgres = await makeCluster(made)
    .then(() => {
      process.env[CLUSTER_TO_COPY] = made;
      return startCopied(dataDir);
    })
    .catch(() => undefined);
  project.provide('postgresFolder', postgres && dataDir);
  return async () => {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
