import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { queuePaths } from '../../agent/index.ts';
import type { Record } from '../../clearing/contract/record/index.ts';
import { openDatabase } from '../../clearing/host/database/database.ts';
import { type Audit, audit } from '../../clearing/host/ledger/audit.ts';
import { toHex } from '../../emv/values/index.ts';
import { loadMasterKey, openQueueReadOnly } from '../../offline-queue/index.ts';
import { urlOfRunning } from '../postgres/embedded-postgres.ts';
import { prepareStateDir } from '../sandbox/state-dir.ts';

/** The terminal's own book, read from its file. */
export interface TerminalBook {
  readonly records: readonly { readonly record: Record; readonly hash: string; readonly verdict?: string }[];
  readonly verification: string;
  readonly reversalsDue: number;
}

export function terminalBook(stateDir: string): TerminalBook {
  const paths = queuePaths(prepareStateDir(stateDir).agent);
  const masterKey = loadMasterKey(paths.masterKey, () => {
    throw new Error('the master key is gone');
  });
  const queue = openQueueReadOnly({ path: paths.queue, masterKey });
  try {
    const records: TerminalBook['records'][number][] = [];
    let cursor: string | undefined;
    do {
      const page = queue.records.list({ limit: 500, ...(cursor !== undefined && { cursor }) });
      if ('kind' in page) throw new Error(page.kind);
      for (const { record, hash, verdict } of page.items)
        records.push({ record, hash: toHex(hash), ...(verdict && { verdict }) });
      cursor = page.next;
    } while (cursor !== undefined);
    const verification = queue.verify();
    return {
      records: records.reverse(),
      verification: verification.kind === 'sound' ? 'sound' : verification.explanation,
      reversalsDue: queue.reversals.due().length,
    };
  } finally {
    queue.close();
  }
}

const recordRow = z.object({ sequence: z.int(), hash: z.string(), verdict: z.string(), reason: z.string().nullable() });
const movementRow = z.object({ sequence: z.int(), kind: z.string(), amount: z.int() });
const incidentRow = z.object({ kind: z.string(), sequence: z.int(), detail: z.string() });

/** The centre's books, read from its database. */
export interface CentreBook {
  readonly records: readonly z.output<typeof recordRow>[];
  /** What each record moved. */
  readonly movements: readonly z.output<typeof movementRow>[];
  readonly incidents: readonly z.output<typeof incidentRow>[];
  readonly settledRecords: number;
  readonly audit: Audit;
}

export async function centreBook(stateDir: string): Promise<CentreBook> {
  const url = urlOfRunning(join(prepareStateDir(stateDir).reachable, 'postgres'), 'clearing');
  const database = openDatabase({ url, jitter: () => randomInt(1_000) / 1_000, onIdleError: () => {} });
  try {
    const [settled] = await database.rows(
      z.object({ count: z.int() }),
      `select count(*)::int as count from records r join settlements s on s.batch_id = r.batch_id where r.verdict = 'accepted'`,
    );
    return {
      records: await database.rows(
        recordRow,
        'select sequence, chain_hash as hash, verdict, reason from records order by sequence',
      ),
      movements: await database.rows(
        movementRow,
        `select m.sequence, m.kind, sum(p.amount_minor)::bigint as amount
         from movements m join postings p using (movement)
         where p.amount_minor > 0 and m.sequence is not null group by m.movement order by m.sequence`,
      ),
      incidents: await database.rows(incidentRow, 'select kind, sequence, detail from incidents order by sequence'),
      settledRecords: settled?.count ?? 0,
      audit: await audit(database),
    };
  } finally {
    await database.close();
  }
}
