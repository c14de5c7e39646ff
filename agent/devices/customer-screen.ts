import { type After, afterMs, type CustomerDisplay } from '../../drivers/index.ts';
import { isFinal, type PaymentResource } from '../api/payment-resource.ts';
import { customerLines } from './customer-lines.ts';

/** A result stands so long before the next customer is welcomed. */
export const RESULT_SHOWN_MS = 15_000;

/** Keeps the customer's display at the payment that is in progress. */
export interface CustomerScreen {
  /** A payment is so now. */
  follow(payment: PaymentResource): void;
  stop(): void;
}

/**
 * Shows the payment in progress and, for a while, what became of it. What is found out later about an earlier payment is not
 * for the customer who stands there now.
 */
export function customerScreen(display: CustomerDisplay | undefined, after: After = afterMs): CustomerScreen {
  if (display === undefined) return { follow: () => {}, stop: () => {} };
  let current: string | undefined;
  let callOff = (): void => {};

  const welcome = (): void => {
    current = undefined;
    display.show(customerLines(undefined, display.language));
  };
  welcome();
  return {
    follow: (payment) => {
      const final = isFinal(payment.state);
      if (final && payment.id !== current) return;
      current = payment.id;
      callOff();
      if (final) callOff = after(RESULT_SHOWN_MS, welcome);
      display.show(customerLines(payment, display.language));
    },
    stop: () => callOff(),
  };
}
