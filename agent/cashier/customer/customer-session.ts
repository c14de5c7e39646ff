import { keepStream, type StreamPorts } from '../event-stream.ts';
import type { RegisterClient } from '../register-client.ts';
import { REFRESH_EVERY_MS } from '../session.ts';
import { parsePayment } from '../wire.ts';
import {
  type CustomerEvent,
  type CustomerState,
  INITIAL_CUSTOMER_STATE,
  reduceCustomer,
  resultOf,
} from './customer-state.ts';

/** A result stands so long before the next customer is welcomed. */
export const RESULT_SHOWN_MS = 15_000;

export interface CustomerSession {
  state(): CustomerState;
  subscribe(listener: () => void): () => void;
  close(): void;
}

interface CustomerPorts {
  readonly client: Pick<RegisterClient, 'payments'>;
  readonly stream: StreamPorts;
}

/** Follows the payments of the daemon that served the page; it asks for nothing but them. */
export function startCustomerSession({ client, stream }: CustomerPorts): CustomerSession {
  const listeners = new Set<() => void>();
  let state = INITIAL_CUSTOMER_STATE;
  let stopResult = (): void => {};
  let stopTimer = (): void => {};

  const dispatch = (event: CustomerEvent): void => {
    const before = resultOf(state);
    state = reduceCustomer(state, event);
    const result = resultOf(state);
    if (result !== before) {
      stopResult();
      if (result !== undefined) {
        stopResult = stream.after(RESULT_SHOWN_MS, () => dispatch({ kind: 'result-over', id: result }));
      }
    }
    for (const listener of listeners) listener();
  };
  const refresh = async (): Promise<void> => {
    const askedAt = state.book.revision;
    const answer = await client.payments();
    if (answer.kind === 'answered') dispatch({ kind: 'payments-listed', payments: answer.value, askedAt });
    else dispatch({ kind: 'daemon-lost' });
  };
  const refreshLater = (): void => {
    stopTimer = stream.after(REFRESH_EVERY_MS, () => {
      refreshLater();
      void refresh();
    });
  };
  const stopStream = keepStream(stream, {
    onOpen: () => void refresh(),
    onEvent: (name, data) => {
      const payment = name === 'payment' ? parsePayment(data) : undefined;
      if (payment !== undefined) dispatch({ kind: 'payment-heard', payment });
      else if (name === 'reset') void refresh();
    },
    onLost: () => dispatch({ kind: 'daemon-lost' }),
  });
  refreshLater();

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      stopStream();
      stopTimer();
      stopResult();
    },
  };
}
