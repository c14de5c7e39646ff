import { isBitSet } from '../dictionary/index.ts';
import { type Fen, isFen } from '../values/index.ts';
import { SECTION } from './explain.ts';
import { authenticate, recoverKeys } from './offline-data-authentication.ts';
import type { DeclineReason, OfflineAuthentication, Outcome } from './outcome.ts';
import type { PreparedDebit } from './prepare-debit.ts';
import { checkApplicationData, takeRecord } from './read-application-data.ts';
import { ask, type Step } from './requests.ts';
import { cardSeen, chipData, type Tap } from './tap.ts';
import { type CardReply, SUCCESS } from './transceive.ts';

/** A payment that the chip has made ends well, or as declined after debit. */
export type Concluded = Extract<Outcome, { kind: 'approved' | 'declined' }>;

type Judgement =
  | { readonly kind: 'genuine'; readonly version: OfflineAuthentication }
  | { readonly kind: 'failed'; readonly reason: DeclineReason };

/** The last record and the signature over the whole. */
function judge({ tap, plan, records, keys }: PreparedDebit, reply: Exclude<CardReply, { kind: 'torn' }>): Judgement {
  if (reply.kind === 'faulty' || reply.sw !== SUCCESS) return { kind: 'failed', reason: 'card-error' };
  const fault = takeRecord(tap, reply.data) ?? checkApplicationData(tap);
  if (fault !== undefined) return { kind: 'failed', reason: fault };
  const { sfi, record } = plan.last;
  const recovered = recoverKeys(tap, plan, [...records, { sfi, record, data: reply.data }], keys, false);
  if (recovered.kind === 'failed') return recovered;
  const { icc } = recovered.keys;
  return icc === undefined ? { kind: 'failed', reason: 'not-genuine' } : authenticate(tap, icc);
}

/** JR/T 0025.13 §7.4.6: the balance that the card reports in its issuer discretionary data; else what must be left. */
function balanceAfter({ answer, balanceBefore, amount }: Tap): Fen | undefined {
  if (answer.balance !== undefined) return answer.balance;
  const left = balanceBefore === undefined ? undefined : balanceBefore - amount;
  return left !== undefined && isFen(left) ? left : undefined;
}

/**
 * Ends a payment whose last record has been answered: the chip has paid. If its signature does not verify, the host is
 * asked about the TC where the card allows it (9F6C byte 1 bit 6), and otherwise, or without an answer, the payment is
 * declined after debit. Another interface is never proposed now: it would charge the customer twice.
 */
export function* concludeDebit(prepared: PreparedDebit, reply: Exclude<CardReply, { kind: 'torn' }>): Step<Concluded> {
  const { tap, verification } = prepared;
  const judgement = judge(prepared, reply);
  tap.input.explain?.({
    section: SECTION.outcome,
    text: `The card has paid: ${judgement.kind === 'genuine' ? 'approved offline' : `its proof fails (${judgement.reason})`}`,
  });
  const card = cardSeen(tap, balanceAfter(tap));
  const chip = chipData(tap);
  const cardholderVerification = verification;
  if (judgement.kind === 'genuine') {
    const offlineAuthentication = judgement.version;
    return {
      kind: 'approved',
      fundedBy: 'chip',
      offline: true,
      card,
      chip,
      cardholderVerification,
      offlineAuthentication,
    };
  }
  const { reason } = judgement;
  const declined: Concluded = { kind: 'declined', reason, debited: 'chip', card, chip };
  const { ctq } = tap.answer;
  // An expired card stays declined (§7.7.20): that its TC is genuine is no news.
  const mayAsk = ctq !== undefined && isBitSet(ctq, 1, 6) && tap.input.terminal.onlineCapable && reason !== 'expired';
  if (!mayAsk) return declined;
  tap.input.explain?.({
    section: SECTION.outcome,
    text: 'CTQ byte 1 bit 6: the host is asked whether the TC is genuine',
  });
  const answer = yield* ask('authorise-online', { purpose: 'verify-tc', card, chip });
  tap.input.explain?.({ section: SECTION.outcome, text: `The host: ${answer.kind}` });
  if (answer.kind === 'no-answer' || answer.kind === 'deferred') return declined;
  if (answer.kind === 'declined') return { ...declined, reason: answer.reason };
  const { authorisationId } = answer;
  return {
    kind: 'approved',
    fundedBy: 'chip',
    offline: false,
    card,
    chip,
    cardholderVerification,
    offlineAuthentication: 'none',
    authorisationId,
  };
}
