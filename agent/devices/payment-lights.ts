import type { After, ReaderLights, ReaderSignal } from '../../drivers/index.ts';
import type { StoredPayment } from '../../offline-queue/index.ts';

/** Long enough to be seen. */
const SHOWN_MS = 3_000;

type Seen = Pick<StoredPayment, 'id' | 'kind' | 'state' | 'final'>;

/** What the readers show of a payment, by its state. */
const SIGNALS: Readonly<Record<string, ReaderSignal>> = {
  'awaiting-card': 'ready',
  'present-again': 'ready',
  approved: 'approved',
  declined: 'declined',
  undecided: 'declined',
  failed: 'declined',
  cancelled: 'off',
};

/** Shows at the readers how the payment in progress stands, and some time after its end nothing any more. */
export interface PaymentLights {
  /** A payment has changed. */
  payment(payment: Seen): void;
  stop(): void;
}

export function paymentLights(lights: Pick<ReaderLights, 'show'> | undefined, after: After): PaymentLights {
  let shown: string | undefined;
  let callOff = (): void => {};
  return {
    payment({ id, kind, state, final }) {
      const signal = state === 'approved' && kind === 'balance' ? 'card-read' : SIGNALS[state];
      const what = `${id} ${state}`;
      // A payment is told again whenever anything about it changes.
      if (signal === undefined || what === shown) return;
      shown = what;
      callOff();
      lights?.show(signal);
      if (final) callOff = after(SHOWN_MS, () => lights?.show('off'));
    },
    stop: () => callOff(),
  };
}
