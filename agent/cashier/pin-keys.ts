import type { PinEntry, RegisterClient } from './register-client.ts';
import type { Store } from './store.ts';
import { pinPadOf, viewOf } from './view.ts';

/** Keys for a PIN on the page. */
export interface PinKeys {
  enterPin(pin: string): Promise<void>;
  cancelPin(): Promise<void>;
}

/** Gives what was typed to the daemon's own pad for trials. Nothing of it is kept here, also when it was lost on the way. */
export function createPinKeys(
  store: Store,
  client: Pick<RegisterClient, 'typePin'>,
  refresh: () => Promise<void>,
): PinKeys {
  async function send(entry: PinEntry): Promise<void> {
    const state = store.state();
    const view = viewOf(state);
    if (view.kind !== 'payment' || pinPadOf(state) !== 'on-screen') return;
    const answer = await client.typePin(view.payment.id, entry);
    // It was too late, or nobody knows: the payment itself tells.
    if (answer.kind !== 'answered') await refresh();
  }
  return { enterPin: (pin) => send({ pin }), cancelPin: () => send({ key: 'cancel' }) };
}
