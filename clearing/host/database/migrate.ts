import { z } from 'zod';
import { ClearingError } from '../../clearing-error.ts';
import type { Database, Transaction } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

/** Any number that no other use of advisory locks has taken. */
const MIGRATION_LOCK = 7410;

/** Brings the database to this program's schema. Throws when the database belongs to a newer program. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    // Two hosts that start at once wait for each other here.
    await tx.run('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await tx.run(
      'create table if not exists schema_migrations (version integer primary key, applied_at timestamptz not null default now())',
    );
    const { version } = await tx.one(
      z.object({ version: z.int() }),
      'select coalesce(max(version), 0) as version from schema_migrations',
    );
    if (version > MIGRATIONS.length) {
      throw new ClearingError(
        'database-newer',
        `the database has schema version ${version}, this program knows ${MIGRATIONS.length}: run the newer program`,
      );
    }
    await applyFrom(tx, version);
  });
}

async function applyFrom(tx: Transaction, version: number): Promise<void> {
  for (const [at, text] of MIGRATIONS.entries()) {
    if (at < version) continue;
    await tx.run(text);
    await tx.run('insert into schema_migrations (version) values ($1)', [at + 1]);
  }
}
