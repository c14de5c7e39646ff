import { z } from 'zod';
import { sm3 } from '../../../emv/crypto/index.ts';
import { toHex } from '../../../emv/values/index.ts';
import type { Statements, Transaction } from '../database/database.ts';

/** Numbers may be given out to one transaction at a time, or a terminal could miss a version that commits late. */
const HOTLIST_LOCK = 7411;

/** One change: a card is put on the list or taken off it, or a debt stands at so many fen (0: it is closed). */
export type HotlistChange =
  | { readonly token: string; readonly listed: boolean }
  | { readonly token: string; readonly debt: string; readonly amountMinor: number };

/** A version of the list. */
export interface HotlistVersion {
  readonly version: number;
  /** Names the list: two lists of one number have two hashes. 64 upper-case hex digits. */
  readonly hash: string;
  /** Cards on it. */
  readonly entries: number;
}

/** The list before its first change. */
const NO_LIST: HotlistVersion = { version: 0, hash: '0'.repeat(64), entries: 0 };

const versionRow = z.object({ version: z.int(), hash: z.string(), entries: z.int() });

export async function newestVersion(statements: Statements): Promise<HotlistVersion> {
  const text = 'select version, hash, entries from hotlist_changes order by version desc limit 1';
  return (await statements.first(versionRow, text)) ?? NO_LIST;
}

/** A version that was once the newest; undefined when there was none of this number. */
export async function versionOf(statements: Statements, version: number): Promise<HotlistVersion | undefined> {
  if (version === 0) return NO_LIST;
  const text = 'select version, hash, entries from hotlist_changes where version = $1 and hash is not null';
  return statements.first(versionRow, text, [version]);
}

/** Nobody else numbers changes until the transaction ends. After all other locks: it is the last in everybody's order. */
export const lockNumbers = (tx: Transaction) => tx.run('select pg_advisory_xact_lock($1)', [HOTLIST_LOCK]);

/** Numbers these changes, each of which changes something. The caller has `lockNumbers`. */
export async function addChanges(tx: Transaction, changes: readonly HotlistChange[], at: string): Promise<void> {
  if (changes.length === 0) return;
  const before = await newestVersion(tx);
  const listed = changes.map((change) => ('listed' in change ? change.listed : null));
  await tx.run(
    `insert into hotlist_changes (version, token, listed, debt, amount_minor, made_at)
     select $1 + nth, token, listed, debt, amount_minor, $2
     from unnest($3::text[], $4::boolean[], $5::text[], $6::bigint[]) with ordinality
       as change (token, listed, debt, amount_minor, nth)`,
    [
      before.version,
      at,
      changes.map(({ token }) => token),
      listed,
      changes.map((change) => ('debt' in change ? change.debt : '')),
      changes.map((change) => ('debt' in change ? change.amountMinor : null)),
    ],
  );
  const grown = listed.reduce((sum, one) => sum + (one === null ? 0 : one ? 1 : -1), 0);
  await tx.run('update hotlist_changes set hash = $2, entries = $3 where version = $1', [
    before.version + changes.length,
    nextHash(before, changes),
    before.entries + grown,
  ]);
}

/** SM3 over `jdpos-hotlist-version/1`, the hash before and the changes: the same only after the same history. */
function nextHash({ hash }: HotlistVersion, changes: readonly HotlistChange[]): string {
  const lines = changes.map((change) =>
    'listed' in change ? `${change.token}:${change.listed}` : `${change.token}:${change.debt}:${change.amountMinor}`,
  );
  return toHex(sm3(new TextEncoder().encode(['jdpos-hotlist-version/1', hash, ...lines].join('\n'))));
}
