import { z } from 'zod';
import { type ParametersAnswer, parametersContent } from '../../contract/parameters.ts';
import { parametersBytes } from '../../contract/record/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
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
});
export type SchemeParameters = z.output<typeof schemeParameters>;

const setRow = z.object({ version: z.int(), issued_at: z.string(), content: schemeParameters });

const NEWEST = 'select version, issued_at, content from parameter_sets order by version desc limit 1';

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
  const newest = await tx.first(setRow, NEWEST);
  if (newest !== undefined) await addVersion(tx, JSON.stringify(newest.content), now);
}

const addVersion = (tx: Transaction, content: string, now: string) =>
  tx.run(
    `insert into parameter_sets (version, content, issued_at)
     select coalesce(max(version), 0) + 1, $1::jsonb, $2 from parameter_sets`,
    [content, now],
  );

/** What the regulator lets a chip hold where the scheme says nothing else (pboc d.1: RMB 1,000), fen. */
const DEFAULT_CHIP_BALANCE_LIMIT_MINOR = 100_000;

/** What a load may bring a chip to, fen. */
export async function chipBalanceLimit(tx: Transaction): Promise<number> {
  const newest = await tx.first(setRow, NEWEST);
  return newest?.content.chipBalanceLimitMinor ?? DEFAULT_CHIP_BALANCE_LIMIT_MINOR;
}

const merchantRow = z.object({ merchant: z.string(), name: z.string(), category_code: z.string() });

/** The newest parameters for one terminal, signed. */
export async function parametersFor(
  { database, hsm }: HostContext,
  { terminal, merchant }: Terminal,
): Promise<ParametersAnswer> {
  const newest = await database.first(setRow, NEWEST);
  if (newest === undefined) {
    throw clearingProblem('starting', { detail: 'no parameters are published yet', headers: { 'retry-after': '5' } });
  }
  const { name, category_code: categoryCode } = await database.one(
    merchantRow,
    'select merchant, name, category_code from merchants where merchant = $1',
    [merchant],
  );
  const { version, issued_at: issuedAt } = newest;
  const content = { issuedAt, terminal, merchant: { id: merchant, name, categoryCode }, ...newest.content };
  const { keyId, signature } = signParameters(hsm, version, content);
  return { version, ...content, keyId, signature };
}

/** The key's name is signed with the rest, as the contract says: all fields but version and signature. */
function signParameters(hsm: HostContext['hsm'], version: number, content: object) {
  const keyId = hsm.keyId('parameters');
  return hsm.sign('parameters', parametersBytes({ version, content: { ...content, keyId } }));
}
