import { EMPTY_BOOK, findPayment, hear, isLive, learnAll, type PaymentBook } from '../payment-book.ts';
import type { PageState } from '../state.ts';
import { type Face, faceOf } from '../view.ts';
import type { Payment } from '../wire.ts';

/** What the screen before the customer knows. */
export interface CustomerState {
  readonly daemon: PageState['daemon'];
  readonly book: PaymentBook;
  /** The payment on the screen: the one in progress, and for a while afterwards what became of it. */
  readonly currentId?: string;
}

export type CustomerEvent =
  | { readonly kind: 'daemon-lost' }
  | { readonly kind: 'payment-heard'; readonly payment: Payment }
  | { readonly kind: 'payments-listed'; readonly payments: readonly Payment[]; readonly askedAt: number }
  /** The result of this payment has stood long enough. */
  | { readonly kind: 'result-over'; readonly id: string };

/** `idle`: nothing goes on. `away`: nobody can tell. */
export type CustomerView =
  | { readonly kind: 'idle' | 'away' }
  | { readonly kind: 'payment'; readonly payment: Payment; readonly face: Face };

export const INITIAL_CUSTOMER_STATE: CustomerState = { daemon: 'connecting', book: EMPTY_BOOK };

/** A payment in progress is shown. */
function follow(state: CustomerState): CustomerState {
  const live = state.book.items.find(isLive);
  return live === undefined ? state : { ...state, currentId: live.id };
}

/** The screen after one event. Pure. What is found out later about an earlier payment is not for who stands there now. */
export function reduceCustomer(state: CustomerState, event: CustomerEvent): CustomerState {
  if (event.kind === 'daemon-lost') return { ...state, daemon: 'unreachable' };
  if (event.kind === 'payment-heard') return follow({ ...state, book: hear(state.book, event.payment) });
  if (event.kind === 'payments-listed') {
    return follow({ ...state, daemon: 'reachable', book: learnAll(state.book, event.payments, event.askedAt) });
  }
  return resultOf(state) === event.id ? { daemon: state.daemon, book: state.book } : state;
}

/** A payment that the daemon does not have any more is none. */
export function customerView({ daemon, book, currentId }: CustomerState): CustomerView {
  const payment = findPayment(book, currentId);
  if (payment !== undefined) return { kind: 'payment', payment, face: faceOf(payment, daemon) };
  return { kind: daemon === 'reachable' ? 'idle' : 'away' };
}

/** The id of the payment whose result is on the screen. */
export function resultOf({ book, currentId }: CustomerState): string | undefined {
  const payment = findPayment(book, currentId);
  return payment === undefined || isLive(payment) ? undefined : payment.id;
}
