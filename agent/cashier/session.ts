import type { EntryKey } from './amount.ts';
import { type Answerer, createAnswerer } from './answerer.ts';
import { createCanceller } from './canceller.ts';
import { keepStream, type StreamPorts } from './event-stream.ts';
import { isLive } from './payment-book.ts';
import { createPinKeys, type PinKeys } from './pin-keys.ts';
import { createRefresher } from './refresher.ts';
import type { RegisterClient } from './register-client.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { createSlipPrinter, type SlipPrinter } from './slip-printer.ts';
import { createStarter } from './starter.ts';
import type { PageState } from './state.ts';
import { createStore, type Keep } from './store.ts';
import { isResult, viewOf } from './view.ts';
import { type PaymentKind, parsePayment, parseScannedCode } from './wire.ts';

export interface SessionPorts {
  readonly client: RegisterClient;
  readonly stream: StreamPorts;
  readonly keep: Keep;
  readonly uuid: () => string;
  /** The page's clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** What the parts of the page may ask for. Each may be called at any moment and does nothing when it does not fit. */
export interface Session extends Answerer, SlipPrinter {
  state(): PageState;
  subscribe(listener: () => void): () => void;
  type(key: EntryKey): void;
  /** Starts a sale or a load of what is keyed, or asks for a balance; a sale unless said otherwise. */
  start(kind?: PaymentKind): void;
  cancel(): void;
  /** Gives a torn payment up, after the cashier was asked. */
  giveUp(): void;
  keepWaiting(): void;
  /** Leaves a result for the next sale. */
  next(): void;
  readonly sandbox: Sandbox;
  readonly pinKeys: PinKeys;
  close(): void;
}

/** The daemon is asked at least this often, so that ages are right and silence is noticed. */
export const REFRESH_EVERY_MS = 10_000;

/** Wires the page: the store, what talks to the daemon, and the events that come from it. */
export function startSession({ client, stream, keep, uuid, now }: SessionPorts): Session {
  const store = createStore(keep);
  const refresh = createRefresher(store, client, now);
  const start = createStarter({ store, client, refresh, uuid, now, after: stream.after });
  const canceller = createCanceller(store, client, refresh);

  function onEvent(name: string, data: unknown): void {
    if (name === 'code') {
      const text = parseScannedCode(data);
      if (text !== undefined) store.dispatch({ kind: 'code-scanned', text, atMs: now() });
      return;
    }
    const payment = name === 'payment' ? parsePayment(data) : undefined;
    if (payment !== undefined) store.dispatch({ kind: 'payment-heard', payment });
    // The other events are parts of the status, and the end of a payment changes it too: ask.
    if (payment === undefined || !isLive(payment)) void refresh();
  }

  const stopStream = keepStream(stream, {
    onOpen: () => void refresh(true),
    onEvent,
    onLost: () => store.dispatch({ kind: 'daemon-lost' }),
  });
  let stopTimer = (): void => {};
  const refreshLater = (): void => {
    stopTimer = stream.after(REFRESH_EVERY_MS, () => {
      refreshLater();
      void refresh();
    });
  };
  refreshLater();
  void refresh(true);

  return {
    state: store.state,
    subscribe: store.subscribe,
    type: (key) => store.dispatch({ kind: 'key', key }),
    start,
    ...canceller,
    ...createAnswerer(store, client, refresh),
    ...createSlipPrinter(store, client),
    keepWaiting: () => store.dispatch({ kind: 'give-up-dismissed' }),
    next: () => {
      if (isResult(viewOf(store.state()))) store.dispatch({ kind: 'next-sale' });
    },
    sandbox: createSandbox(store, client, refresh),
    pinKeys: createPinKeys(store, client, refresh),
    close: () => {
      stopStream();
      stopTimer();
    },
  };
}
