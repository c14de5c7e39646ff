import type { RegisterClient } from './register-client.ts';
import type { Store } from './store.ts';
import { isResult, viewOf } from './view.ts';
import type { SlipCopy } from './wire.ts';

export interface SlipPrinter {
  /** Has a copy of the slip of the payment on the screen printed. What becomes of it comes with the payment. */
  print(copy: SlipCopy): void;
}

export function createSlipPrinter(store: Store, client: RegisterClient): SlipPrinter {
  async function print(paymentId: string, copy: SlipCopy): Promise<void> {
    const askedAt = store.state().book.revision;
    const answer = await client.printSlip(paymentId, copy);
    if (answer.kind === 'answered') store.dispatch({ kind: 'payment-learnt', payment: answer.value, askedAt });
    else store.dispatch({ kind: 'noticed', notice: { kind: 'not-printed' } });
  }
  return {
    print: (copy) => {
      const view = viewOf(store.state());
      if (view.kind === 'payment' && isResult(view)) void print(view.payment.id, copy);
    },
  };
}
