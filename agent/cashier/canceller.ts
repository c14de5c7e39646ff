import { findPayment, isLive } from './payment-book.ts';
import type { RegisterClient } from './register-client.ts';
import type { Store } from './store.ts';
import { viewOf } from './view.ts';
import type { Payment } from './wire.ts';

export interface Canceller {
  /** Cancels what is on the screen. A torn payment may have been paid, so the cashier is asked first. */
  cancel(): void;
  /** The cashier's yes to that question. */
  giveUp(): void;
}

export function createCanceller(store: Store, client: RegisterClient, refresh: () => Promise<void>): Canceller {
  async function cancelPayment({ id }: Payment): Promise<void> {
    store.dispatch({ kind: 'cancel-begun' });
    const askedAt = store.state().book.revision;
    const answer = await client.cancelPayment(id);
    if (answer.kind === 'answered') {
      store.dispatch({ kind: 'payment-learnt', payment: answer.value, askedAt });
      return;
    }
    store.dispatch({ kind: 'cancel-failed', reason: answer.kind === 'refused' ? 'too-late' : 'cancel-lost' });
    await refresh();
  }

  // Cancel was pressed before the daemon had answered; now there is something to cancel.
  store.subscribe((before) => {
    const { attempt, book, currentId } = store.state();
    const current = findPayment(book, currentId);
    if (before.attempt?.cancelWanted && attempt === undefined && current !== undefined && isLive(current)) {
      void cancelPayment(current);
    }
  });

  return {
    cancel: () => {
      const view = viewOf(store.state());
      if (view.kind === 'starting') store.dispatch({ kind: 'attempt-cancel-wanted' });
      if (view.kind !== 'payment' || !view.mayCancel) return;
      if (view.face === 'same-card-again') store.dispatch({ kind: 'give-up-asked' });
      else void cancelPayment(view.payment);
    },
    giveUp: () => {
      const view = viewOf(store.state());
      if (store.state().confirming && view.kind === 'payment' && view.mayCancel) void cancelPayment(view.payment);
    },
  };
}
