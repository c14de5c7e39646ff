import { z } from 'zod';
import type { Pan } from '../../../emv/values/index.ts';
import {
  type AuthorisationAnswer,
  type AuthorisationDecline,
  authorisationAnswer,
} from '../../contract/authorisation.ts';
import type { AuthorisationRequest } from '../../contract/index.ts';
import { weighEvidence } from '../batches/evidence.ts';
import { statusFault } from '../cards/card-status.ts';
import { type Card, changeAccount, lockCard } from '../cards/cards.ts';
import { atcOf, genuineCryptogram } from '../cards/chip-check.ts';
import { highestAtc, markMoved, movedBy, noteCryptogram, type SeenCryptogram } from '../cards/cryptograms.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { faceDebts } from '../debts/collect.ts';
import { chipBalanceLimit } from '../downloads/parameters.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { lockLoadsOf, openLoad } from '../loads/loads.ts';
import { clearingProblem } from '../problems.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import { authorisationIdOf } from './authorisation-id.ts';
import { contradictionIn } from './consistency.ts';
import { issuerWord } from './issuer-word.ts';
import { pinDecision } from './pin.ts';

/**
 * Decides about one card (design 4.5). The same id with the same body gets the same answer, unless it was reversed; a
 * reversal that came first keeps the original out.
 */
export async function authorise(
  context: HostContext,
  terminal: Terminal,
  request: AuthorisationRequest,
): Promise<AuthorisationAnswer> {
  const { database, log } = context;
  const contradiction = contradictionIn(request);
  if (contradiction !== undefined) throw clearingProblem('inconsistent', { detail: contradiction });
  const pan = openPan(context, request);
  const answer = await database.transaction(async (tx) => {
    const number = await takeId(tx, context, terminal, request);
    if (number === undefined) return answerBefore(tx, terminal, request);
    const decision = await decide(tx, context, request, pan);
    return conclude(tx, context, request, { pan, number, decision });
  });
  const { id, paymentId, purpose } = request;
  log.info(
    { terminal: terminal.terminal, payment: paymentId, authorisation: id, purpose, ...outcomeOf(answer) },
    'authorisation',
  );
  return answer;
}

const outcomeOf = (answer: AuthorisationAnswer) =>
  answer.result === 'approved' ? { result: 'approved' } : { result: 'declined', reason: answer.reason };

function openPan({ hsm }: HostContext, { card }: AuthorisationRequest): Pan {
  const pan = hsm.openPan(card.sealedPan, card.token);
  if (pan === undefined) {
    throw clearingProblem('sealed-pan', { detail: 'seal the PAN to the host key given at enrolment, for this token' });
  }
  return pan;
}

/**
 * Takes the id for this request; undefined when it is taken. Whoever else uses the id at this moment, a reversal above all,
 * waits here until this transaction ends.
 */
async function takeId(
  tx: Transaction,
  { now }: HostContext,
  { terminal }: Terminal,
  request: AuthorisationRequest,
): Promise<number | undefined> {
  const { id, paymentId, amountMinor, card, chip, purpose } = request;
  const taken = await tx.first(
    z.object({ number: z.int() }),
    `insert into authorisations
       (id, terminal, state, fingerprint, payment_id, amount_minor, pan_sequence, atc, cryptogram, changed_at,
        purpose)
     values ($1, $2, 'declined', $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing returning number`,
    [
      id,
      terminal,
      fingerprintOf(request),
      paymentId,
      amountMinor,
      card.panSequence,
      atcOf(chip),
      chip.cryptogram,
      moment(now()),
      purpose,
    ],
  );
  return taken?.number;
}

async function answerBefore(
  tx: Transaction,
  { terminal }: Terminal,
  request: AuthorisationRequest,
): Promise<AuthorisationAnswer> {
  const found = await tx.one(
    z.object({
      terminal: z.string(),
      state: z.string(),
      fingerprint: z.string().nullable(),
      answer: authorisationAnswer.nullable(),
    }),
    'select terminal, state, fingerprint, answer from authorisations where id = $1',
    [request.id],
  );
  if (found.terminal !== terminal) throw clearingProblem('id-reused');
  if (found.state === 'void' || found.state === 'reversed') {
    throw clearingProblem('reversed', { detail: 'do not send it again: nothing is held, nothing was taken' });
  }
  if (found.fingerprint !== fingerprintOf(request) || found.answer === null) throw clearingProblem('id-reused');
  return found.answer;
}

type Decision =
  | {
      readonly kind: 'held';
      readonly token: string;
      readonly accountBalanceMinor: number;
      /** A load: what the chip will hold. */
      readonly chipBalanceMinor?: number;
    }
  | { readonly kind: 'verified'; readonly token: string }
  | { readonly kind: 'declined'; readonly token?: string; readonly reason: AuthorisationDecline };

async function decide(
  tx: Transaction,
  context: HostContext,
  request: AuthorisationRequest,
  pan: Pan,
): Promise<Decision> {
  const { token, panSequence } = request.card;
  await lockLoadsOf(tx, [token]);
  const card = await lockCard(tx, token);
  if (card === undefined) return { kind: 'declined', reason: 'unknown-card' };
  const at = moment(context.now());
  const seen = genuineCryptogram(context, { pan, token, panSequence }, request.chip, { spends: 'chip', at });
  if (seen === undefined) return { kind: 'declined', token, reason: 'not-genuine' };
  const decision =
    request.purpose === 'verify-tc'
      ? await verifyTc(tx, seen)
      : await spendAccount(tx, context, request, { card, pan, seen });
  await noteCryptogram(tx, seen);
  if (decision.kind === 'held') await markMoved(tx, seen, 'held');
  await weighEvidence(tx, context, seen);
  return decision;
}

/** The chip has paid already: only whether its TC is genuine and fresh matters, never the account (design 4.13). */
async function verifyTc(tx: Transaction, seen: SeenCryptogram): Promise<Decision> {
  const { token } = seen;
  const moved = await movedBy(tx, seen);
  return moved === undefined ? { kind: 'verified', token } : { kind: 'declined', token, reason: 'replayed' };
}

interface OnlineCard {
  readonly card: Card;
  readonly pan: Pan;
  readonly seen: SeenCryptogram;
}

async function spendAccount(
  tx: Transaction,
  context: HostContext,
  request: AuthorisationRequest,
  { card, pan, seen }: OnlineCard,
): Promise<Decision> {
  const { token, panSequence, atc } = seen;
  const declined = (reason: AuthorisationDecline): Decision => ({ kind: 'declined', token, reason });
  // An ARQC is made while its terminal waits: nothing of this chip can have been seen after it.
  if (atc <= (await highestAtc(tx, token, panSequence))) return declined('replayed');
  const status = statusFault(card, dayOf(context.now()), request.card.expiry);
  if (status !== undefined) return declined(status);
  const pinFault = await pinDecision(tx, context, card, pan, request.pin);
  if (pinFault !== undefined) return declined(pinFault);
  const faced = await faceDebts(tx, token, card.balanceMinor - card.heldMinor, seen.at);
  if (faced.kind === 'owes') return declined('debt');
  const load = request.purpose === 'load' ? await loadOf(tx, seen.at, request, seen) : undefined;
  if (load?.kind === 'declined') return declined(load.reason);
  const { amountMinor, id: authorisation } = request;
  const available = card.balanceMinor - card.heldMinor - faced.collectedMinor;
  if (amountMinor > available) return declined('insufficient-funds');
  await changeAccount(tx, token, { heldMinor: amountMinor });
  const held = { kind: 'held', token, accountBalanceMinor: available - amountMinor } as const;
  if (load === undefined) return held;
  const { balanceBeforeMinor } = load;
  await openLoad(tx, { authorisation, token, panSequence, atc, amountMinor, balanceBeforeMinor });
  return { ...held, chipBalanceMinor: balanceBeforeMinor + amountMinor };
}

/** What the chip has, by its own word under the MAC: PUT DATA gives it a whole new balance, so a guess would make or burn money. */
async function loadOf(
  tx: Transaction,
  now: string,
  { amountMinor }: AuthorisationRequest,
  { balanceBeforeMinor }: SeenCryptogram,
): Promise<
  | { readonly kind: 'fits'; readonly balanceBeforeMinor: number }
  | { readonly kind: 'declined'; readonly reason: AuthorisationDecline }
> {
  if (balanceBeforeMinor === undefined) return { kind: 'declined', reason: 'balance-unknown' };
  const limit = await chipBalanceLimit(tx, now);
  if (balanceBeforeMinor + amountMinor > limit) return { kind: 'declined', reason: 'balance-limit' };
  return { kind: 'fits', balanceBeforeMinor };
}

/** Days are those of the scheme's country, UTC+8. */
const ZONE_MS = 8 * 3_600_000;

/** Today there, YYYY-MM-DD. */
const dayOf = (now: number): string => moment(now + ZONE_MS).slice(0, 10);

async function conclude(
  tx: Transaction,
  context: HostContext,
  request: AuthorisationRequest,
  { pan, number, decision }: { readonly pan: Pan; readonly number: number; readonly decision: Decision },
): Promise<AuthorisationAnswer> {
  const { id } = request;
  const said = answerOf(id, authorisationIdOf(number), decision);
  const issuer = issuerWord(context, request, pan, number, said);
  const answer = { ...said, ...(issuer && { issuer }) };
  await tx.run('update authorisations set state = $2, token = $3, answer = $4 where id = $1', [
    id,
    decision.kind,
    decision.token,
    JSON.stringify(answer),
  ]);
  return answer;
}

function answerOf(id: string, authorisationId: string, decision: Decision): AuthorisationAnswer {
  if (decision.kind === 'declined') return { id, result: 'declined', reason: decision.reason };
  if (decision.kind === 'verified') return { id, result: 'approved', authorisationId };
  const { accountBalanceMinor, chipBalanceMinor } = decision;
  return {
    id,
    result: 'approved',
    authorisationId,
    accountBalanceMinor,
    ...(chipBalanceMinor !== undefined && { chipBalanceMinor }),
  };
}
