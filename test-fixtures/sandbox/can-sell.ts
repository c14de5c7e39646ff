import { setTimeout as wait } from 'node:timers/promises';

const WITHIN_MS = 20_000;
const POLL_MS = 50;

/**
 * Waits until the agent on this port would take a payment and serve a card: enrolled, with parameters, with a reader.
 * False when it still would not after a good while.
 */
export async function canSell(port: number): Promise<boolean> {
  const end = performance.now() + WITHIN_MS;
  while (performance.now() < end) {
    const status = await fetch(`http://127.0.0.1:${port}/v1/status`)
      .then((response) => response.json() as Promise<Status>)
      .catch(() => undefined);
    if (status && status.limits.transactionMinor > 0 && status.readers.some(({ state }) => state === 'empty'))
      return true;
    await wait(POLL_MS);
  }
  return false;
}

interface Status {
  readonly limits: { readonly transactionMinor: number };
  readonly readers: readonly { readonly state: string }[];
}
