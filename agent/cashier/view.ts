import { findPayment, isLive } from './payment-book.ts';
import type { PageState } from './state.ts';
import type { Payment, PaymentKind, PaymentState, Question, ReaderState, Status } from './wire.ts';

/** What a payment looks like to the cashier. 'lost': the daemon does not answer, so nobody here knows how it stands. */
export type Face =
  | 'tap'
  | 'hold'
  | 'pin'
  /** The payment asks which of the card's applications it shall be. */
  | 'choose'
  /** The payment asks whether the customer shows this document. */
  | 'document'
  | 'authorising'
  | 'same-card-again'
  | 'again'
  | 'approved'
  /** An inquiry was answered: nothing that could be taken for a payment. */
  | 'balance'
  | 'declined'
  | 'declined-after-debit'
  | 'undecided'
  | 'cancelled'
  | 'failed'
  | 'lost';

export type View =
  | { readonly kind: 'entry' }
  | {
      readonly kind: 'starting';
      readonly asked: PaymentKind;
      readonly amountMinor: number;
      readonly unanswered: boolean;
      readonly cancelWanted: boolean;
    }
  | { readonly kind: 'payment'; readonly payment: Payment; readonly face: Face; readonly mayCancel: boolean };

const FACES: Readonly<Record<PaymentState, Face>> = {
  'awaiting-card': 'tap',
  'card-present': 'hold',
  'awaiting-pin': 'pin',
  authorising: 'authorising',
  'present-again': 'again',
  approved: 'approved',
  declined: 'declined',
  undecided: 'undecided',
  cancelled: 'cancelled',
  failed: 'failed',
};

/** While the card is being read there is nothing to cancel: the outcome is a moment away. */
const CANCELLABLE: ReadonlySet<Face> = new Set([
  'tap',
  'pin',
  'choose',
  'document',
  'authorising',
  'same-card-again',
  'again',
]);

/** A question for the cashier has the screen to itself. */
const ASKING: Readonly<Record<Question['kind'], Face>> = {
  application: 'choose',
  'id-document': 'document',
  pin: 'pin',
};

/** Reasons to tap again before any card can have paid. */
const BEFORE_DEBIT: ReadonlySet<string | undefined> = new Set(['transmission', 'several-cards', 'card-in-use']);

/** With an intent open the card may have paid, and only this very card can tell. In doubt, it is so. */
const mayHavePaid = ({ debited, reason }: Payment): boolean => debited !== 'none' || !BEFORE_DEBIT.has(reason);

/** What a payment looks like while the daemon is so. */
export function faceOf(payment: Payment, daemon: PageState['daemon']): Face {
  if (isLive(payment) && daemon !== 'reachable') return 'lost';
  if (isLive(payment) && payment.question !== undefined) return ASKING[payment.question.kind];
  if (payment.state === 'present-again') return mayHavePaid(payment) ? 'same-card-again' : 'again';
  if (payment.debited !== 'none' && ['declined', 'cancelled', 'failed'].includes(payment.state)) {
    return 'declined-after-debit';
  }
  if (payment.kind === 'balance' && payment.state === 'approved') return 'balance';
  return FACES[payment.state];
}

/** What the main area shows. */
export function viewOf(state: PageState): View {
  const payment = findPayment(state.book, state.currentId);
  if (payment !== undefined) {
    const face = faceOf(payment, state.daemon);
    return { kind: 'payment', payment, face, mayCancel: CANCELLABLE.has(face) && !state.cancelling };
  }
  if (state.attempt === undefined) return { kind: 'entry' };
  const { kind: asked, amountMinor, phase, cancelWanted } = state.attempt;
  return { kind: 'starting', asked, amountMinor, unanswered: phase !== 'sending', cancelWanted };
}

/** True for a face that is an answer: the sale is over and the next may begin. */
export function isResult(view: View): boolean {
  return view.kind === 'payment' && !isLive(view.payment);
}

export interface QueueView {
  /** 'clear': nothing waits. 'waiting': it will go up by itself. 'offline': the centre does not answer. */
  readonly kind: 'clear' | 'waiting' | 'offline';
  readonly count: number;
  readonly sumMinor: number;
  readonly oldestAgeS?: number;
}

/** What is not yet at the centre, with its age as of now. */
export function queueView(status: Status, statusAtMs: number, nowMs: number): QueueView {
  const { unacknowledgedCount: count, unacknowledgedSumMinor: sumMinor, oldestAgeS } = status.queue;
  const kind = !status.clearing.reachable ? 'offline' : count > 0 ? 'waiting' : 'clear';
  if (count === 0 || oldestAgeS === undefined) return { kind, count, sumMinor };
  return { kind, count, sumMinor, oldestAgeS: oldestAgeS + Math.max(0, nowMs - statusAtMs) / 1000 };
}

const READER_STATES_BEST_FIRST: readonly ReaderState[] = ['card', 'empty', 'unresponsive', 'unplugged'];

/** The state of the reader that takes cards: the best one there is. 'none' when there is no reader at all. */
export function readerView(status: Status): ReaderState | 'none' {
  const contactless = status.readers.filter(({ role }) => role === 'contactless');
  const readers = contactless.length > 0 ? contactless : status.readers;
  return READER_STATES_BEST_FIRST.find((state) => readers.some((reader) => reader.state === state)) ?? 'none';
}

/** Whose PIN pad the page shows now: the daemon's own for trials, or the sandbox's; none when the cardholder has one. */
export function pinPadOf(state: PageState): 'on-screen' | 'sandbox' | undefined {
  const view = viewOf(state);
  if (view.kind !== 'payment' || view.face !== 'pin') return undefined;
  if (state.status?.pinOnScreen) return 'on-screen';
  return state.sandbox === undefined ? undefined : 'sandbox';
}
