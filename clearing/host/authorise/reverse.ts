import { z } from 'zod';
import { type ReversalAnswer, reversalAnswer } from '../../contract/authorisation.ts';
import type { ReversalRequest } from '../../contract/index.ts';
import { changeAccount, lockCard } from '../cards/cards.ts';
import { type ChipTransaction, unmarkHeld } from '../cards/cryptograms.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { reverseLoad } from '../loads/reverse-load.ts';
import { clearingProblem } from '../problems.ts';
import type { Terminal } from '../terminals/authenticate.ts';

type Effect = ReversalAnswer['effect'];

const effectRow = z.object({
  terminal: z.string(),
  fingerprint: z.string(),
  effect: reversalAnswer.shape.effect,
});

/**
 * Undoes an authorisation (design 4.5). One that the host never saw is acknowledged too, and kept out should it still
 * come. The same reversal again gets the same answer.
 */
export async function reverse(
  context: HostContext,
  { terminal }: Terminal,
  request: ReversalRequest,
): Promise<ReversalAnswer> {
  const { database, now, log } = context;
  const at = moment(now());
  const effect = await database.transaction(async (tx) => {
    const before = await effectBefore(tx, terminal, request);
    if (before !== undefined) return before;
    const fresh = await undo(tx, context, terminal, request, at);
    if (await note(tx, terminal, request, fresh, at)) return fresh;
    // The same reversal was carried out while this one waited for the authorisation.
    return effectBefore(tx, terminal, request);
  });
  if (effect === undefined) throw new Error('a reversal is noted and cannot be found');
  const { id, authorisation, paymentId, reason } = request;
  log.info({ terminal, payment: paymentId, authorisation, reversal: id, reason, effect }, 'reversal');
  return { id, effect };
}

async function effectBefore(tx: Transaction, terminal: string, request: ReversalRequest): Promise<Effect | undefined> {
  const found = await tx.first(effectRow, 'select terminal, fingerprint, effect from reversals where id = $1', [
    request.id,
  ]);
  if (found === undefined) return undefined;
  if (found.terminal !== terminal || found.fingerprint !== fingerprintOf(request)) throw clearingProblem('id-reused');
  return found.effect;
}

const authorisationRow = z.object({
  terminal: z.string(),
  state: z.enum(['void', 'declined', 'verified', 'held', 'reversed', 'posted']),
  amount_minor: z.int().nullable(),
  token: z.string().nullable(),
  pan_sequence: z.int().nullable(),
  atc: z.int().nullable(),
  purpose: z.string().nullable(),
});
type AuthorisationRow = z.output<typeof authorisationRow>;

async function undo(
  tx: Transaction,
  context: HostContext,
  terminal: string,
  request: ReversalRequest,
  at: string,
): Promise<Effect> {
  const { authorisation: id } = request;
  // Either the original is there, or this keeps it out; an original that is being decided right now is waited for.
  const keptOut = await tx.run(
    `insert into authorisations (id, terminal, state, changed_at) values ($1, $2, 'void', $3) on conflict (id) do nothing`,
    [id, terminal, at],
  );
  if (keptOut === 1) return 'not-seen';
  const original = await tx.one(
    authorisationRow,
    `select terminal, state, amount_minor, token, pan_sequence, atc, purpose
     from authorisations where id = $1 for update`,
    [id],
  );
  if (original.terminal !== terminal)
    throw clearingProblem('id-reused', { detail: 'no authorisation of this terminal' });
  if (original.state === 'held' && original.purpose === 'load') return reverseLoad(tx, context, request);
  return EFFECTS[original.state](tx, id, original, at);
}

const EFFECTS: {
  readonly [state in AuthorisationRow['state']]: (
    tx: Transaction,
    id: string,
    original: AuthorisationRow,
    at: string,
  ) => Promise<Effect>;
} = {
  held: release,
  declined: (tx, id, _, at) => setReversed(tx, id, at),
  verified: (tx, id, _, at) => setReversed(tx, id, at),
  reversed: async () => 'already-reversed',
  void: async () => 'already-reversed',
  posted: async () => 'already-posted',
};

async function release(tx: Transaction, id: string, original: AuthorisationRow, at: string): Promise<Effect> {
  const { token, amount_minor: amountMinor, pan_sequence: panSequence, atc } = original;
  if (token === null || amountMinor === null || panSequence === null || atc === null) {
    throw new Error(`authorisation ${id} holds nothing on no card`);
  }
  await lockCard(tx, token);
  await endHold(tx, { id, token, panSequence, atc, amountMinor }, at);
  return 'reversed';
}

/** Nothing is held any more for an authorisation that was. The caller has the locks of the authorisation and the card. */
export async function endHold(
  tx: Transaction,
  hold: ChipTransaction & { readonly id: string; readonly amountMinor: number },
  at: string,
): Promise<void> {
  await changeAccount(tx, hold.token, { heldMinor: -hold.amountMinor });
  await unmarkHeld(tx, hold);
  await setReversed(tx, hold.id, at);
}

async function setReversed(tx: Transaction, id: string, at: string): Promise<Effect> {
  await tx.run(`update authorisations set state = 'reversed', changed_at = $2 where id = $1`, [id, at]);
  return 'reversed';
}

/** False when this reversal is noted already. */
async function note(
  tx: Transaction,
  terminal: string,
  request: ReversalRequest,
  effect: Effect,
  at: string,
): Promise<boolean> {
  const noted = await tx.run(
    `insert into reversals (id, terminal, fingerprint, authorisation, effect, received_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
    [request.id, terminal, fingerprintOf(request), request.authorisation, effect, at],
  );
  return noted === 1;
}
