import { join } from 'node:path';
import { z } from 'zod';
import { queuePaths } from '../../agent/config/paths.ts';
import { openDatabase } from '../../clearing/host/database/database.ts';
import { type Audit, audit } from '../../clearing/host/ledger/audit.ts';
import { loadMasterKey, openQueueReadOnly, type ReadOnlyQueue, type StoredRecord } from '../../offline-queue/index.ts';
import { startPostgres } from '../postgres/embedded-postgres.ts';
import { prepareStateDir } from '../sandbox/state-dir.ts';

const PAGE = 500;

const hostRecord = z.object({
  epoch: z.int(),
  sequence: z.int(),
  outcome: z.string(),
  amount_minor: z.int(),
  verdict: z.string().nullable(),
});

/** What the centre has: its records, and its books added up. */
export interface CentreBooks {
  readonly records: readonly z.infer<typeof hostRecord>[];
  readonly audit: Audit;
}

/** Reads the queue of a sandbox that has ended. */
export function withQueue<T>(stateDir: string, work: (queue: ReadOnlyQueue) => T): T {
  const paths = queuePaths(join(stateDir, 'agent'));
  const noRandom = (): Uint8Array => {
    throw new Error('the key of the queue is gone');
  };
  const queue = openQueueReadOnly({ path: paths.queue, masterKey: loadMasterKey(paths.masterKey, noRandom) });
  try {
    return work(queue);
  } finally {
    queue.close();
  }
}

/** All records of a queue, first to last. */
export function allRecords(queue: ReadOnlyQueue): readonly StoredRecord[] {
  const records: StoredRecord[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = queue.records.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    if ('kind' in page) throw new Error('the queue does not know its own cursor');
    records.push(...page.items);
    if (page.next === undefined) return records.reverse();
    cursor = page.next;
  }
}

/** Reads the database of a sandbox that has ended. */
export async function centreBooks(stateDir: string): Promise<CentreBooks> {
  const dataDir = join(prepareStateDir(stateDir).reachable, 'postgres');
  const postgres = await startPostgres({ dataDir, durable: true });
  const database = openDatabase({
    url: await postgres.database('clearing'),
    jitter: () => 0,
    onIdleError: (error) => console.error(error.message),
  });
  try {
    const records = await database.rows(
      hostRecord,
      'select epoch, sequence, outcome, amount_minor, verdict from records order by epoch, sequence',
    );
    return { records, audit: await audit(database) };
  } finally {
    await database.close();
    await postgres.stop();
  }
}
