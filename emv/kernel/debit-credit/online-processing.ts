import type { ChipData, Outcome } from '../outcome.ts';
import { ask, type OnlineAnswer, type Step } from '../requests.ts';
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

/** May the terminal approve without the host: the card has shown to be genuine, and the installation's limits allow it? */
function* mayApproveAlone({ card, genuine }: Payment, arqc: Cryptogram): Step<boolean> {
  if (genuine.method === 'none' && !arqc.signed) return false;
  const { pan, panSequence, input } = card;
  const limits = yield* ask('check-offline-limits', { pan, panSequence, amount: input.amount });
  return limits.kind === 'allowed';
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
  const { kind, completion } = completed;
  const card = seenOf(payment);
  if (kind !== 'tc' || host.kind === 'declined') {
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
  // Without the host, the TC is what the centre gets to clear.
  return { ...approved, offline: true, chip: completion.chip ?? arqc };
}

/** The card wants the host's word (ARQC; EMV Book 3, §10.9): its account pays, and both must approve. */
export function* processOnline(payment: Payment, arqc: Cryptogram, cdol1Values: Uint8Array): Step<Outcome> {
  const { card, genuine } = payment;
  const chip = chipDataOf(card, arqc, toldValues(card, [card.cdol1, cdol1Values]));
  const host = yield* askHost(payment, chip);
  const completed = yield* complete(card, {
    host,
    cdol1Values,
    algorithms: arqc.algorithms,
    iccKey: genuine.cda ? genuine.iccKey : undefined,
    mayApproveAlone: () => mayApproveAlone(payment, arqc),
  });
  return conclude(payment, chip, host, completed, arqc);
}
