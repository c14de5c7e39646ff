import { amountOf } from './amount.ts';
import type { RegisterClient } from './register-client.ts';
import { type Attempt, mayStart } from './state.ts';
import type { Store } from './store.ts';
import { viewOf } from './view.ts';
import type { PaymentKind } from './wire.ts';

export interface StarterPorts {
  readonly store: Store;
  readonly client: RegisterClient;
  readonly refresh: () => Promise<void>;
  readonly uuid: () => string;
  readonly now: () => number;
  readonly after: (delayMs: number, work: () => void) => () => void;
}

/** How long the same request is sent again after its answer was lost; then only the list of payments can tell. */
export const START_LIMIT_MS = 60_000;
export const START_RETRY_MS = 1_000;

/** A reference that a person can find on a list: day and minute (UTC), then a part of the key. */
function referenceOf(key: string, atMs: number): string {
  const minute = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 12);
  return `P${minute}-${key.replaceAll('-', '').slice(0, 12)}`;
}

/**
 * Sends what is keyed as a new payment. The key is kept until the answer is known: a lost answer is asked for again with
 * the same key, so that one press can never become two payments.
 */
export function createStarter({
  store,
  client,
  refresh,
  uuid,
  now,
  after,
}: StarterPorts): (kind?: PaymentKind) => void {
  const isPending = ({ key }: Attempt): boolean => store.state().attempt?.key === key;

  async function send(attempt: Attempt, giveUpAtMs: number): Promise<void> {
    const askedAt = store.state().book.revision;
    const answer = await client.startPayment(attempt);
    if (answer.kind === 'answered') store.dispatch({ kind: 'payment-learnt', payment: answer.value, askedAt });
    // Settled by now: by this answer, or by an event that overtook it.
    if (!isPending(attempt)) return;
    if (answer.kind === 'refused') {
      store.dispatch({ kind: 'attempt-refused', problem: answer.problem });
      return refresh();
    }
    if (now() >= giveUpAtMs) {
      store.dispatch({ kind: 'attempt-unresolved' });
      return refresh();
    }
    store.dispatch({ kind: 'attempt-unanswered' });
    after(START_RETRY_MS, () => {
      if (isPending(attempt)) void send(attempt, giveUpAtMs);
    });
  }

  return (kind = 'purchase') => {
    const state = store.state();
    if (viewOf(state).kind !== 'entry') return;
    const amountMinor = kind === 'balance' ? 0 : amountOf(state.entry);
    if (!mayStart(state, kind)) {
      const missing = kind !== 'balance' && amountMinor === 0;
      store.dispatch({ kind: 'noticed', notice: { kind: missing ? 'no-amount' : 'unreachable' } });
      return;
    }
    const key = uuid();
    const attempt = { key, reference: referenceOf(key, now()), kind, amountMinor };
    store.dispatch({ kind: 'attempt-begun', attempt });
    if (isPending(attempt)) void send(attempt, now() + START_LIMIT_MS);
  };
}
