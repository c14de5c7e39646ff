import type { RegisterClient } from './register-client.ts';
import type { Store } from './store.ts';

/**
 * Asks the daemon how everything stands. At most one round of questions is under way; what happens meanwhile causes one
 * more. The promise ends with the last round. The tray is asked for on a new connection, and again only where there is one.
 */
export function createRefresher(
  store: Store,
  client: RegisterClient,
  now: () => number,
): (fresh?: boolean) => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  let wantCards = false;

  async function askStatus(): Promise<boolean> {
    const answer = await client.status();
    if (answer.kind === 'answered') store.dispatch({ kind: 'status', status: answer.value, atMs: now() });
    else store.dispatch({ kind: 'daemon-lost' });
    return answer.kind === 'answered';
  }

  async function askPayments(): Promise<void> {
    const askedAt = store.state().book.revision;
    const answer = await client.payments();
    if (answer.kind === 'answered') {
      store.dispatch({ kind: 'payments-listed', payments: answer.value, askedAt });
    }
  }

  async function askCards(): Promise<void> {
    if (!wantCards && store.state().sandbox === undefined) return;
    const answer = await client.sandboxCards();
    wantCards = answer.kind === 'unknown';
    if (answer.kind === 'answered') store.dispatch({ kind: 'cards', cards: answer.value });
  }

  async function rounds(): Promise<void> {
    while (again) {
      again = false;
      if (await askStatus()) await Promise.all([askPayments(), askCards()]);
    }
  }

  return (fresh = false) => {
    again = true;
    wantCards ||= fresh;
    running ??= rounds().finally(() => {
      running = undefined;
    });
    return running;
  };
}
