import { z } from 'zod';
import type { Pan, PurseSerial } from '../../../emv/values/index.ts';
import type { HotlistAnswer } from '../../contract/index.ts';
import { type HotlistDelta, hotlistBytes } from '../../contract/record/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Statements, Transaction } from '../database/database.ts';

/** Numbers may be given out to one transaction at a time, or a terminal could miss a version that commits late. */
const HOTLIST_LOCK = 7411;

const changeRow = z.object({ token: z.string(), listed: z.boolean() });

/** Puts cards on the hotlist or takes them off; those that are so already make no new version. */
export async function setHotlisted(
  { database, hsm, now }: HostContext,
  pans: readonly (Pan | PurseSerial)[],
  listed: boolean,
): Promise<void> {
  const tokens = [...new Set(pans.map((pan) => hsm.cardToken(pan)))].sort();
  await database.transaction(async (tx) => {
    await tx.run('select pg_advisory_xact_lock($1)', [HOTLIST_LOCK]);
    const before = await currentList(tx);
    for (const token of tokens) {
      if (before.has(token) !== listed) await addChange(tx, token, listed, moment(now()));
    }
  });
}

async function addChange(tx: Transaction, token: string, listed: boolean, at: string): Promise<void> {
  await tx.run(
    `insert into hotlist_changes (version, token, listed, made_at)
     select coalesce(max(version), 0) + 1, $1, $2, $3 from hotlist_changes`,
    [token, listed, at],
  );
  await tx.run('update cards set hotlisted = $2 where token = $1', [token, listed]);
}

async function currentList(statements: Statements): Promise<ReadonlySet<string>> {
  const last = await lastChanges(statements, 0);
  return new Set(last.filter(({ listed }) => listed).map(({ token }) => token));
}

/** The last change of each card after a version. */
const lastChanges = (statements: Statements, since: number) =>
  statements.rows(
    changeRow,
    `select distinct on (token) token, listed from hotlist_changes where version > $1 order by token, version desc`,
    [since],
  );

/** The signed way from the terminal's version to the newest; the whole list when the terminal's is none of ours. */
export async function hotlistSince({ database, hsm }: HostContext, since: number): Promise<HotlistAnswer> {
  const delta = await database.transaction((tx) => deltaSince(tx, since));
  return { ...delta, add: [...delta.add], remove: [...delta.remove], ...hsm.sign('hotlist', hotlistBytes(delta)) };
}

async function deltaSince(tx: Transaction, since: number): Promise<HotlistDelta> {
  const { version } = await tx.one(
    z.object({ version: z.int() }),
    'select coalesce(max(version), 0) as version from hotlist_changes',
  );
  // Who has nothing gets everything, if there is anything.
  const full = since > version || (since === 0 && version > 0);
  const from = full ? 0 : since;
  const changes = await tx.rows(
    changeRow,
    `select distinct on (token) token, listed from hotlist_changes where version > $1 and version <= $2
     order by token, version desc`,
    [from, version],
  );
  const tokens = (listed: boolean) => changes.filter((change) => change.listed === listed).map(({ token }) => token);
  return { from, to: version, full, add: tokens(true), remove: full ? [] : tokens(false) };
}
