import { TAG } from '../../dictionary/index.ts';
import type { ChipData, Outcome } from '../outcome.ts';
import { ask, type OnlineAnswer, type Step } from '../requests.ts';
import { mayApproveAlone, whyNotTrusted } from './approve-alone.ts';
import { deniesOfflinePin } from './card-verification.ts';
import { chipDataOf, toldValues } from './chip-data.ts';
import { type Completed, complete } from './complete.ts';
import type { Cryptogram } from './generate-ac.ts';
import { type Payment, seenOf } from './payment.ts';

const NO_ANSWER: OnlineAnswer = { kind: 'no-answer' };

/** Asks the host, where it can be asked. */
function* askHost(payment: Payment, chip: ChipData): Step<OnlineAnswer> {
  const { onlinePin: pin } = payment;
  if (!payment.card.input.terminal.onlineCapable) return NO_ANSWER;
  return yield* ask('authorise-online', { purpose: 'authorise', card: seenOf(payment), chip, ...(pin && { pin }) });
}

/**
 * An ARQC is trusted of a card that has shown to be genuine, with a cardholder who has not failed: what action codes leave to the
 * host is for the host.
 */
function trusted(
  { card, genuine, verification, onlinePin }: Payment,
  arqc: Cryptogram,
  host: OnlineAnswer,
): OnlineAnswer {
  if (host.kind !== 'deferred') return host;
  const untrusted =
    onlinePin !== undefined ||
    deniesOfflinePin(arqc.issuerApplicationData, verification) ||
    whyNotTrusted(card, { method: genuine.method, cda: arqc.signed }, TAG.cdol1) !== undefined;
  return untrusted ? NO_ANSWER : host;
}

/** May the terminal approve without the host (Y3)? What the first cryptogram shows counts as well. */
function* mayApprove({ card, genuine, verification }: Payment, arqc: Cryptogram): Step<boolean> {
  if (deniesOfflinePin(arqc.issuerApplicationData, verification)) return false;
  // With CDA the ARQC has proved what was still to come.
  const alone = yield* mayApproveAlone(card, { method: genuine.method, cda: arqc.signed }, TAG.cdol2);
  return alone.kind === 'allowed';
}

/** The host's word and the card's: both must approve. What the host has granted in vain is to be reversed. */
function conclude(
  payment: Payment,
  arqc: ChipData,
  host: OnlineAnswer,
  completed: Completed,
  first: Cryptogram,
): Outcome {
  const { genuine, verification } = payment;
  const { kind, completion, request } = completed;
  const card = seenOf(payment);
  // A card that was asked for its AAC, since nobody could be reached, has not refused (EMV Book 4, annex A6: Z3).
  const onTrust = host.kind === 'deferred' && request === 'aac' && kind === 'aac';
  if ((kind !== 'tc' && !onTrust) || host.kind === 'declined') {
    const own = kind === 'aac' ? 'card-declined' : kind === 'not-genuine' ? 'not-genuine' : 'card-error';
    const reason = host.kind === 'approved' ? own : host.kind === 'declined' ? host.reason : 'host-unreachable';
    const reversed = host.kind === 'approved' ? { authorisationToReverse: host.authorisationId } : {};
    return { kind: 'declined', reason, debited: 'none', card, chip: arqc, completion, ...reversed };
  }
  const signed = first.signed || completed.signed;
  const approved = {
    kind: 'approved',
    fundedBy: 'account',
    card,
    cardholderVerification: verification,
    offlineAuthentication: signed ? 'cda' : genuine.method,
    completion,
  } as const;
  if (host.kind === 'approved') {
    return { ...approved, offline: false, chip: arqc, authorisationId: host.authorisationId };
  }
  // Without the host, the TC is what the centre gets to clear; on trust, the ARQC that it has not seen yet.
  return { ...approved, offline: true, chip: onTrust ? arqc : (completion.chip ?? arqc) };
}

/** The card wants the host's word (ARQC; EMV Book 3, §10.9): its account pays, and both must approve. */
export function* processOnline(payment: Payment, arqc: Cryptogram, cdol1Values: Uint8Array): Step<Outcome> {
  const { card, genuine } = payment;
  const chip = chipDataOf(card, arqc, toldValues(card, [card.cdol1, cdol1Values]));
  const host = trusted(payment, arqc, yield* askHost(payment, chip));
  const completed = yield* complete(card, {
    host,
    cdol1Values,
    algorithms: arqc.algorithms,
    iccKey: genuine.cda ? genuine.iccKey : undefined,
    mayApproveAlone: () => mayApprove(payment, arqc),
  });
  return conclude(payment, chip, host, completed, arqc);
}
