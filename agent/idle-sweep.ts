import type { StoredPayment } from '../offline-queue/index.ts';

/** Long enough for whatever held on to the card to have let go of it; the next customer is not there yet. */
const AFTER_PAYMENT_MS = 2_000;

/** Sweeps the memory once a payment has ended and no other has begun. */
export interface IdleSweep {
  /** A payment has changed. */
  payment(payment: Pick<StoredPayment, 'final'>): void;
  stop(): void;
}

export function idleSweep(sweep: () => void): IdleSweep {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    payment({ final }) {
      stop();
      if (final) timer = setTimeout(sweep, AFTER_PAYMENT_MS);
    },
    stop,
  };
}
