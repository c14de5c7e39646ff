import type { Transaction } from '../database/database.ts';
import type { Place } from './ledger.ts';

/** Something that a person must look at. The same thing again is counted, not added. */
export async function noteIncident(
  tx: Transaction,
  incident: Place & { readonly kind: string; readonly detail: string; readonly at: string },
): Promise<void> {
  const { kind, terminal, epoch, sequence, detail, at } = incident;
  await tx.run(
    `insert into incidents (kind, terminal, epoch, sequence, detail, first_at, last_at) values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (kind, terminal, epoch, sequence)
     do update set times = incidents.times + 1, last_at = excluded.last_at, detail = excluded.detail`,
    [kind, terminal, epoch, sequence, detail, at],
  );
}
