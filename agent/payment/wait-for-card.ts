import { abortOn } from '../abort-on.ts';
import type { CardArrival } from './card-watch.ts';
import type { Sale, Tools } from './tools.ts';

export type Waited =
  | { readonly kind: 'card'; readonly card: CardArrival }
  /** The cashier cancelled, no card came in time, or the agent ends. */
  | { readonly kind: 'cancelled' | 'timeout' | 'stopping' };

/** Waits for a card that arrives after `after`. */
export async function waitForCard(sale: Sale, after: number, tools: Tools): Promise<Waited> {
  const { limits, queue, stopping, watch } = tools;
  const again = queue.payments.get(sale.id)?.state === 'present-again';
  const limitMs = again ? limits.presentAgainMs : limits.awaitCardMs;
  const { signal, release } = abortOn([sale.cancel.signal, stopping], limitMs);
  const card = await watch.next(after, signal);
  release();
  if (card !== undefined) return { kind: 'card', card };
  if (stopping.aborted) return { kind: 'stopping' };
  return { kind: sale.cancel.signal.aborted ? 'cancelled' : 'timeout' };
}
