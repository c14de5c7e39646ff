import { isBitSet } from '../../emv/dictionary/index.ts';
import type { CardSeen, ChipData, DeclineReason, Outcome, Recovery } from '../../emv/kernel/index.ts';
import { type Pan, type PurseSerial, toHex } from '../../emv/values/index.ts';
import type { PaymentDetail } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import type { CardRefusal } from '../risk/card-limits.ts';
import type { Reason } from './reason.ts';
import type { CardFacts, RecordFacts } from './record-draft.ts';

/** What the card in the field owes, as the hotlist told. */
interface CardDebt {
  /** All its open debts, fen. */
  readonly amountMinor: number;
  /** It is refused for them, before anything else is looked at. */
  readonly refused: boolean;
}

/** Of what the card and the terminal may do in a day without the host. */
export type DayRefusal = CardRefusal | 'terminal-day-limit';

/** What happened around the kernel during one tap. */
export interface TapNotes {
  readonly interface: 'contact' | 'contactless';
  /** The cashier cancelled, and the PIN entry or the host's answer was given up for it. */
  readonly cancelled: boolean;
  /** Nobody at the register answered a question in time. */
  readonly unanswered?: boolean;
  /** An intent of this payment is on disk. */
  readonly intentOpen: boolean;
  readonly hostAsked: boolean;
  /** What the card owes, when it owes. */
  readonly debt?: CardDebt;
  /** Why the card's ARQC was not approved on trust while the host was away, where that is for the cashier to know. */
  readonly distrust?: DayRefusal;
  /** The reversal that was written before the host was asked, and what the host said. */
  readonly reversal?: { readonly id: string; readonly host: 'approved' | 'declined' | 'no-answer' };
}

/** How a run of the kernel ended. */
export interface TapEnd extends TapNotes {
  readonly outcome: Outcome;
}

/** How a payment ends: what is committed as one. */
export interface Ending {
  readonly kind: 'ending';
  readonly state: 'approved' | 'declined' | 'cancelled' | 'undecided' | 'failed';
  readonly detail: PaymentDetail;
  readonly record?: RecordFacts;
  readonly pan?: Pan | PurseSerial;
  readonly cancelReversal?: string;
}

export type Decision = Ending | { readonly kind: 'present-again'; readonly reason: Reason };

/** TVR as the card was told it: PIN try limit exceeded. The payment may go on by another method, and the cardholder should know. */
const pinBlocked = (chip: ChipData | undefined): true | undefined =>
  chip !== undefined && isBitSet(chip.tvr, 3, 6) ? true : undefined;

/** What the register sees of a card. */
export const cardDetail = (card: CardFacts | undefined, balance?: number, chip?: ChipData): PaymentDetail['card'] =>
  card &&
  present({
    maskedPan: card.pan.masked,
    label: card.label,
    aid: toHex(card.aid),
    balanceMinor: balance,
    pinBlocked: pinBlocked(chip),
  });

type Deciders = {
  readonly [K in Outcome['kind']]: (outcome: Extract<Outcome, { kind: K }>, notes: TapNotes) => Decision;
};

const DECIDERS: Deciders = {
  approved,
  declined: refused,
  // Design 6: the cashier is told to use the other interface; why this one does not do matters to nobody at the till. A card
  // that this terminal does not take at all is not sent from slot to slot.
  'other-interface': ({ reason, card }, notes) =>
    refused({ ...refusal(reason === 'no-common-application' ? reason : 'use-contact'), ...(card && { card }) }, notes),
  'present-again': ({ reason }) => ({ kind: 'present-again', reason }),
  // What is on disk decides, not where the kernel thinks it was: with an intent only the same card may come.
  torn: (_outcome, { intentOpen }) => ({ kind: 'present-again', reason: intentOpen ? 'torn' : 'transmission' }),
  cancelled: ({ reason, card }, { cancelled, unanswered }) =>
    ending('cancelled', cancelled ? 'cancelled' : unanswered ? 'not-answered' : reason, card),
};

/** What becomes of the payment (design 6). */
export function decide(end: TapEnd): Decision {
  const decider = DECIDERS[end.outcome.kind] as (outcome: Outcome, notes: TapNotes) => Decision;
  return withDebt(withDistrust(decider(end.outcome, end), end), end);
}

/** Nobody could be asked, and what may be done without the host is used up: that says more, and opens the day's breaker. */
function withDistrust(decision: Decision, { distrust: reason }: TapNotes): Decision {
  if (reason === undefined || decision.kind !== 'ending' || decision.detail.reason !== 'host-unreachable')
    return decision;
  const { detail, record } = decision;
  return { ...decision, detail: { ...detail, reason }, ...(record && { record: { ...record, reason } }) };
}

/** What the card owes is told with whatever the payment has come to, and that it was refused for it. */
function withDebt(decision: Decision, { debt }: TapNotes): Decision {
  if (debt === undefined || decision.kind !== 'ending') return decision;
  const { detail, record } = decision;
  const reason = debt.refused && detail.reason === 'hotlisted' ? ({ reason: 'debt' } as const) : {};
  return {
    ...decision,
    detail: { ...detail, ...reason, debt: { amountMinor: debt.amountMinor } },
    ...(record && { record: { ...record, ...reason } }),
  };
}

/** The same for a payment whose card has been found to have paid. */
export function decideDebited(
  outcome: Extract<Recovery, { kind: 'debited' }>['outcome'],
  around: Pick<TapNotes, 'hostAsked' | 'interface'>,
): Ending {
  const notes = { ...around, cancelled: false, intentOpen: true };
  return outcome.kind === 'approved' ? approved(outcome, notes) : refused(outcome, notes);
}

function ending(state: 'cancelled', reason: Reason, card: CardSeen | undefined): Ending {
  const detail = { reason, debited: 'none' as const, card: cardDetail(card, card?.balanceBefore) };
  return { kind: 'ending', state, detail: present(detail) };
}

/** Which interface is worth saying where there are two: full debit/credit, which alone has a TSI. */
const interfaceOf = (chip: ChipData | undefined, notes: TapNotes): TapNotes['interface'] | undefined =>
  chip?.tsi && notes.interface;

function approved(outcome: Extract<Outcome, { kind: 'approved' }>, notes: TapNotes): Ending {
  const { card, fundedBy, offline } = outcome;
  const { reversal } = notes;
  const cancelReversal = reversal?.host === 'approved' ? reversal.id : undefined;
  return present({
    kind: 'ending' as const,
    state: 'approved' as const,
    detail: present({
      card: cardDetail(card, card.balanceAfter ?? card.balanceBefore, outcome.chip),
      offline,
      fundedBy,
      debited: fundedBy,
    }),
    record: present({
      outcome: 'approved' as const,
      fundedBy,
      debited: fundedBy,
      offline,
      card,
      chip: outcome.chip,
      interface: interfaceOf(outcome.chip, notes),
      completion: outcome.completion,
      cardholderVerification: outcome.cardholderVerification,
      offlineAuthentication: outcome.offlineAuthentication,
      // A record that names an authorisation posts it; a TC that the host has verified leaves nothing to post.
      authorisationId: fundedBy === 'account' ? outcome.authorisationId : undefined,
    }),
    pan: card.pan,
    cancelReversal,
  });
}

const refusal = (reason: DeclineReason) => ({ kind: 'declined', reason, debited: 'none' }) as const;

/** A refusal before the card is asked anything. */
export const declined = (reason: DeclineReason, cardInterface: TapNotes['interface']): Ending =>
  refused(refusal(reason), { interface: cardInterface, cancelled: false, intentOpen: false, hostAsked: false });

function refused(outcome: Extract<Outcome, { kind: 'declined' }>, notes: TapNotes): Ending {
  const { reason, debited, card, chip } = outcome;
  // A host that was not waited for may have answered: nothing may be said but that it is cancelled, and reversed.
  if (notes.cancelled && debited === 'none') return ending('cancelled', 'cancelled', card);
  return present({
    kind: 'ending' as const,
    state: 'declined' as const,
    detail: present({
      reason,
      debited,
      card: cardDetail(card, debited === 'chip' ? card?.balanceAfter : card?.balanceBefore, chip),
    }),
    record: present({
      outcome: debited === 'chip' ? ('declined-after-debit' as const) : ('declined' as const),
      reason,
      fundedBy: 'none' as const,
      debited,
      offline: !notes.hostAsked,
      card,
      chip,
      interface: interfaceOf(chip, notes),
      completion: outcome.completion,
    }),
    pan: card?.pan,
    // The host that said no holds nothing; an approval that came to nothing stays to be reversed.
    cancelReversal: notes.reversal?.host === 'declined' ? notes.reversal.id : undefined,
  });
}
