import { z } from 'zod';
import { DISPUTE_REASONS } from '../../contract/batch.ts';
import { type Comparison, type ComparisonRequest, comparison, type Difference } from '../../contract/index.ts';
import { claimDigest, comparisonBytes } from '../../contract/record/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { clearingProblem } from '../problems.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import { differencesBetween, type HeldRecord } from './differences.ts';

/**
 * Holds what a terminal has in a range against what the centre has, record by record, and signs what it finds. The same
 * request again gets the same answer; one that is to see what has come since has an id of its own.
 */
export async function compare(
  context: HostContext,
  { terminal }: Terminal,
  request: ComparisonRequest,
): Promise<Comparison> {
  const { id, epoch, firstSequence, lastSequence } = request;
  const answer = await context.database.transaction(async (tx) => {
    // Two of the same request wait for each other here.
    await tx.run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [id]);
    return (await answerBefore(tx, terminal, request)) ?? (await compareNow(tx, context, terminal, request));
  });
  const { differences } = answer;
  if (differences.length > 0) {
    const range = { epoch, firstSequence, lastSequence };
    context.log.warn({ terminal, ...range, differences: differences.length }, 'terminal and centre differ');
  }
  return answer;
}

async function answerBefore(
  tx: Transaction,
  terminal: string,
  request: ComparisonRequest,
): Promise<Comparison | undefined> {
  const row = z.object({ terminal: z.string(), fingerprint: z.string(), answer: comparison });
  const found = await tx.first(row, 'select terminal, fingerprint, answer from comparisons where id = $1', [
    request.id,
  ]);
  if (found === undefined) return undefined;
  if (found.terminal !== terminal || found.fingerprint !== fingerprintOf(request)) throw clearingProblem('id-reused');
  return found.answer;
}

const heldRow = z.object({
  sequence: z.int(),
  canonical: z.instanceof(Uint8Array),
  reason: z.enum(DISPUTE_REASONS).nullable(),
  outcome: z.enum(['approved', 'declined', 'declined-after-debit', 'undecided']).nullable(),
  amountMinor: z.int().nullable(),
  kind: z.string().nullable(),
  debt: z.enum(['open', 'collected', 'waived']).nullable(),
  debtMinor: z.int().nullable(),
  debtSince: z.string().nullable(),
  suspense: z.enum(['open', 'paid', 'rejected']).nullable(),
  suspenseMinor: z.int().nullable(),
  settledAt: z.string().nullable(),
  note: z.string().nullable(),
});
type HeldRow = z.output<typeof heldRow>;

async function compareNow(
  tx: Transaction,
  { hsm, now }: HostContext,
  terminal: string,
  request: ComparisonRequest,
): Promise<Comparison> {
  const { id, epoch, firstSequence, lastSequence, records } = request;
  const held = await tx.rows(
    heldRow,
    `select r.sequence, r.canonical, r.reason, r.outcome, r.amount_minor as "amountMinor", r.kind, d.state as debt,
       d.amount_minor as "debtMinor", coalesce(d.closed_at, d.opened_at) as "debtSince",
       s.state as suspense, s.amount_minor as "suspenseMinor", s.settled_at as "settledAt", s.note
     from records r left join debts d using (terminal, epoch, sequence)
       left join suspense_items s using (terminal, epoch, sequence)
     where r.terminal = $1 and r.epoch = $2 and r.sequence between $3 and $4 order by r.sequence`,
    [terminal, epoch, firstSequence, lastSequence],
  );
  const head = await tx.first(
    z.object({ heldUpTo: z.int() }),
    'select head_sequence as "heldUpTo" from epochs where terminal = $1 and epoch = $2',
    [terminal, epoch],
  );
  const differences = differencesBetween(records, held.map(heldRecord));
  const range = { terminal, epoch, firstSequence, lastSequence };
  const comparedAt = moment(now());
  const heldUpTo = head?.heldUpTo ?? 0;
  const content = { id, comparedAt, heldUpTo, claim: claimDigest(records), ...acceptedIn(held), differences };
  const answer = { ...range, ...content, ...hsm.sign('acknowledgement', comparisonBytes({ ...range, content })) };
  await tx.run('insert into comparisons (id, terminal, fingerprint, answer) values ($1, $2, $3, $4)', [
    id,
    terminal,
    fingerprintOf(request),
    JSON.stringify(answer),
  ]);
  for (const one of differences.filter(isGrave)) await noteDifference(tx, { terminal, epoch, at: comparedAt }, one);
  return answer;
}

function heldRecord({
  debt,
  debtMinor,
  debtSince,
  suspense,
  suspenseMinor,
  settledAt,
  note,
  ...record
}: HeldRow): HeldRecord {
  return {
    ...record,
    ...(debt !== null &&
      debtMinor !== null &&
      debtSince !== null && { debt: { debt, amountMinor: debtMinor, since: debtSince } }),
    ...(suspense !== null &&
      suspense !== 'open' &&
      suspenseMinor !== null &&
      settledAt !== null &&
      note !== null && { claim: { suspense, amountMinor: suspenseMinor, since: settledAt, note } }),
  };
}

function acceptedIn(held: readonly HeldRow[]) {
  const accepted = held.filter(({ reason }) => reason === null);
  const paid = accepted.filter(({ kind, outcome }) => kind === 'purchase' && outcome === 'approved');
  return {
    acceptedCount: accepted.length,
    acceptedMinor: paid.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0),
  };
}

/** What is still to come in is no incident, and a dispute has its own. */
const isGrave = ({ kind }: Difference): boolean => kind !== 'missing-at-centre' && kind !== 'disputed';

const noteDifference = (
  tx: Transaction,
  at: { readonly terminal: string; readonly epoch: number; readonly at: string },
  { sequence, kind, ...detail }: Difference,
) => noteIncident(tx, { kind: `difference-${kind}`, ...at, sequence, detail: JSON.stringify(detail) });
