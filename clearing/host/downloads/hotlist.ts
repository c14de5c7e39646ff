import { z } from 'zod';
import type { Pan, PurseSerial } from '../../../emv/values/index.ts';
import { type HotlistQuery, MAX_HOTLIST_PAGE } from '../../contract/hotlist.ts';
import type { HotlistAnswer, HotlistPageAnswer } from '../../contract/index.ts';
import { type HotlistDelta, type HotlistPage, hotlistBytes, hotlistPageBytes } from '../../contract/record/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Statements, Transaction } from '../database/database.ts';
import { clearingProblem } from '../problems.ts';
import { addChanges, type HotlistVersion, lockNumbers, newestVersion, versionOf } from './hotlist-changes.ts';

/** Cards that are put on the list in one transaction. */
const CARDS_AT_ONCE = 5_000;

/** Puts cards on the hotlist or takes them off; those that are so already make no new version. */
export async function setHotlisted(
  { database, hsm, now }: HostContext,
  pans: readonly (Pan | PurseSerial)[],
  listed: boolean,
): Promise<void> {
  const tokens = [...new Set(pans.map((pan) => hsm.cardToken(pan)))].sort();
  for (let at = 0; at < tokens.length; at += CARDS_AT_ONCE) {
    const some = tokens.slice(at, at + CARDS_AT_ONCE);
    await database.transaction((tx) => setSome(tx, some, listed, moment(now())));
  }
}

const tokenRow = z.object({ token: z.string() });

async function setSome(tx: Transaction, tokens: readonly string[], listed: boolean, at: string): Promise<void> {
  await tx.run('select from cards where token = any($1) order by token for update', [tokens]);
  await lockNumbers(tx);
  const others = await tx.rows(
    tokenRow,
    `select given.token from unnest($1::text[]) as given (token) left join lateral (
       select listed from hotlist_changes c where c.token = given.token and c.debt = '' order by version desc limit 1
     ) as last on true
     where coalesce(last.listed, false) <> $2 order by given.token`,
    [tokens, listed],
  );
  await addChanges(
    tx,
    others.map(({ token }) => ({ token, listed })),
    at,
  );
  await tx.run('update cards set hotlisted = $2 where token = any($1)', [others.map(({ token }) => token), listed]);
}

/** From one version to another; the whole list when the terminal's is none of ours. */
interface Way {
  readonly from: HotlistVersion;
  readonly to: HotlistVersion;
  readonly full: boolean;
}

async function wayTo(statements: Statements, to: HotlistVersion, since: number): Promise<Way> {
  // Who has nothing gets everything, if there is anything.
  const known = since > to.version || (since === 0 && to.version > 0) ? undefined : await versionOf(statements, since);
  const none = await versionOf(statements, 0);
  const from = known ?? none;
  if (from === undefined) throw new Error('there is no list before the first');
  return { from, to, full: known === undefined };
}

const changeRow = z.object({
  token: z.string(),
  debt: z.string(),
  listed: z.boolean().nullable(),
  amount_minor: z.int().nullable(),
});
type ChangeRow = z.output<typeof changeRow>;

/**
 * What was changed on the way, as it stands at its end, by token and debt; `only`: of one token. The limit stands where the log is
 * read by its index: a page costs what is on it, however long the list.
 */
const changesOn = ({ from, to }: Way, behind: Place, limit: number, statements: Statements, only?: string) =>
  statements.rows(
    changeRow,
    `select distinct on (token, debt) token, debt, listed, amount_minor from hotlist_changes
     where version > $1 and version <= $2 and token >= $3 and (token, debt) > ($3, $4) and ($5::text is null or token = $5)
     order by token, debt, version desc limit $6`,
    [from.version, to.version, behind.token, behind.debt, only, limit],
  );

/** Where a page goes on. */
interface Place {
  readonly token: string;
  readonly debt: string;
}

const BEGINNING: Place = { token: '', debt: '' };
/** Behind all debts of a token: `~` is in the name of none. */
const BEHIND_DEBTS = '~';

/**
 * The signed way from the terminal's version to the newest, in one piece and without debts.
 * Throws `list-too-long` when there is more than a page of it.
 */
export async function hotlistSince({ database, hsm }: HostContext, since: number): Promise<HotlistAnswer> {
  const way = await wayTo(database, await newestVersion(database), since);
  const changes = await changesOn(way, BEGINNING, MAX_HOTLIST_PAGE + 1, database);
  if (changes.length > MAX_HOTLIST_PAGE) {
    throw clearingProblem('list-too-long', { detail: 'ask for it in pages, with `limit`' });
  }
  const { from, to, full } = way;
  const delta: HotlistDelta = { from: from.version, to: to.version, full, ...cardsOf(way, changes) };
  return { ...delta, add: [...delta.add], remove: [...delta.remove], ...hsm.sign('hotlist', hotlistBytes(delta)) };
}

/** Of a whole list nothing is taken away. */
function cardsOf({ full }: Way, changes: readonly ChangeRow[]) {
  const tokens = (listed: boolean) => changes.filter((change) => change.listed === listed).map(({ token }) => token);
  return { add: tokens(true), remove: full ? [] : tokens(false) };
}

/** One signed page of it. Throws `version-unknown` when `to` was never the newest version. */
export async function hotlistPageOf(
  { database, hsm }: HostContext,
  { since, to, after, limit }: HotlistQuery & { readonly limit: number },
): Promise<HotlistPageAnswer> {
  const target = to === undefined ? await newestVersion(database) : await versionOf(database, to);
  if (target === undefined) throw clearingProblem('version-unknown', { detail: 'ask anew, without `to`' });
  const way = await wayTo(database, target, since);
  const behind = after === undefined ? BEGINNING : { token: after, debt: BEHIND_DEBTS };
  const changes = await changesOn(way, behind, limit, database);
  const last = changes.length < limit ? undefined : changes.at(-1);
  // A page ends behind a card, never between two debts of one.
  const more = last && (await changesOn(way, last, MAX_HOTLIST_PAGE, database, last.token));
  const page = pageOf(way, [...changes, ...(more ?? [])], after, last?.token);
  const { add, remove, debts } = page;
  return {
    ...page,
    ...{ add: [...add], remove: [...remove], debts: [...debts] },
    ...hsm.sign('hotlist', hotlistPageBytes(page)),
  };
}

function pageOf(
  way: Way,
  changes: readonly ChangeRow[],
  after: string | undefined,
  through: string | undefined,
): HotlistPage {
  const { from, to, full } = way;
  return {
    ...{ from: from.version, fromHash: from.hash, to: to.version, hash: to.hash, entries: to.entries, full },
    ...(after !== undefined && { after }),
    ...(through !== undefined && { through }),
    ...cardsOf(way, changes),
    debts: changes.flatMap(({ token, debt: id, amount_minor: amountMinor }) =>
      amountMinor === null || (full && amountMinor === 0) ? [] : [{ id, token, amountMinor }],
    ),
  };
}
