import { z } from 'zod';
import { type DebtPolicy, type ParametersAnswer, parametersContent } from '../../contract/parameters.ts';
import { parametersBytes } from '../../contract/record/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Statements, Transaction } from '../database/database.ts';
import { clearingProblem } from '../problems.ts';
import type { Terminal } from '../terminals/authenticate.ts';

/** What is the same for all terminals of the scheme. */
const schemeParameters = parametersContent.pick({
  rules: true,
  applications: true,
  caKeys: true,
  purses: true,
  offlineRisk: true,
  chipBalanceLimitMinor: true,
  debts: true,
  effectiveAt: true,
});
export type SchemeParameters = z.output<typeof schemeParameters>;

const setRow = z.object({ version: z.int(), issued_at: z.string(), content: schemeParameters });

type ParameterSet = z.output<typeof setRow>;

const NEWEST = 'select version, issued_at, content from parameter_sets order by version desc limit 1';
const EFFECTIVE = `select version, issued_at, content from parameter_sets
  where coalesce((content ->> 'effectiveAt')::timestamptz, '-infinity') <= $1 order by version desc limit 1`;

/** The newest set that holds at a moment; one whose time has not come when there is no other. */
const effective = async (statements: Statements, now: string): Promise<ParameterSet | undefined> =>
  (await statements.first(setRow, EFFECTIVE, [now])) ?? statements.first(setRow, NEWEST);

/** Makes these the parameters from now on: a new version, unless they are the newest already. */
export async function publishParameters(context: HostContext, parameters: SchemeParameters): Promise<void> {
  const content = JSON.stringify(schemeParameters.parse(parameters));
  await context.database.transaction(async (tx) => {
    await tx.run('lock table parameter_sets in exclusive mode');
    const same = await tx.first(
      z.object({ same: z.boolean() }),
      'select content = $1::jsonb as same from parameter_sets order by version desc limit 1',
      [content],
    );
    if (same?.same !== true) await addVersion(tx, content, moment(context.now()));
  });
}

/** The same content under a new version, since something that goes with it has changed. */
export async function renewParameters(tx: Transaction, now: string): Promise<void> {
  await tx.run('lock table parameter_sets in exclusive mode');
  const holding = await effective(tx, now);
  const newest = await tx.first(setRow, NEWEST);
  if (holding !== undefined) await addVersion(tx, JSON.stringify(holding.content), now);
  // One whose time has not come stays the newest.
  if (newest !== undefined && newest.version !== holding?.version)
    await addVersion(tx, JSON.stringify(newest.content), now);
}

const addVersion = (tx: Transaction, content: string, now: string) =>
  tx.run(
    `insert into parameter_sets (version, content, issued_at)
     select coalesce(max(version), 0) + 1, $1::jsonb, $2 from parameter_sets`,
    [content, now],
  );

/** What the regulator lets a chip hold where the scheme says nothing else (pboc d.1: RMB 1,000), fen. */
const DEFAULT_CHIP_BALANCE_LIMIT_MINOR = 100_000;

/** What becomes of cards that owe. */
export async function debtPolicy(tx: Transaction, now: string): Promise<DebtPolicy> {
  return (await effective(tx, now))?.content.debts ?? 'collect';
}

/** What a load may bring a chip to, fen. */
export async function chipBalanceLimit(tx: Transaction, now: string): Promise<number> {
  return (await effective(tx, now))?.content.chipBalanceLimitMinor ?? DEFAULT_CHIP_BALANCE_LIMIT_MINOR;
}

const merchantRow = z.object({ merchant: z.string(), name: z.string(), category_code: z.string() });

/**
 * The parameters for one terminal, signed: those that hold now, or, when the terminal has them, newer ones whose time has not come.
 * @param have the version that the terminal has, 0 for none
 */
export async function parametersFor(
  { database, hsm, now }: HostContext,
  { terminal, merchant }: Terminal,
  have: number,
): Promise<ParametersAnswer> {
  const holding = await effective(database, moment(now()));
  const sent = holding !== undefined && have >= holding.version ? await database.first(setRow, NEWEST) : holding;
  if (sent === undefined) {
    throw clearingProblem('starting', { detail: 'no parameters are published yet', headers: { 'retry-after': '5' } });
  }
  const { name, category_code: categoryCode } = await database.one(
    merchantRow,
    'select merchant, name, category_code from merchants where merchant = $1',
    [merchant],
  );
  const { version, issued_at: issuedAt } = sent;
  const content = { issuedAt, terminal, merchant: { id: merchant, name, categoryCode }, ...sent.content };
  const { keyId, signature } = signParameters(hsm, version, content);
  return { version, ...content, keyId, signature };
}

/** The key's name is signed with the rest, as the contract says: all fields but version and signature. */
function signParameters(hsm: HostContext['hsm'], version: number, content: object) {
  const keyId = hsm.keyId('parameters');
  return hsm.sign('parameters', parametersBytes({ version, content: { ...content, keyId } }));
}
