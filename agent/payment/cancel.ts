import { setTimeout as delay } from 'node:timers/promises';
import type { Queue, StoredPayment } from '../../offline-queue/index.ts';
import type { Sale } from './tools.ts';

/** What a cancellation came to. */
export type Cancelled =
  | { readonly kind: 'not-found' }
  /** It is cancelled or, with an intent open, undecided; now or before. */
  | { readonly kind: 'cancelled'; readonly payment: StoredPayment }
  /** It had ended, or ended before the cancellation could take hold. */
  | { readonly kind: 'too-late'; readonly payment: StoredPayment }
  /** The card is being read; the cancellation takes hold as soon as it can. */
  | { readonly kind: 'pending'; readonly payment: StoredPayment };

/** A card that is being read takes its tap's time at most. */
const WAIT_MS = 3000;

/**
 * Cancels a payment (design 6): awaiting-card and awaiting-pin end as cancelled; authorising as cancelled, and what the
 * host may have held is reversed; present-again as undecided when the card may have paid. A card that is being read is
 * read to its end: what it does cannot be undone.
 */
export async function cancelPayment(
  id: string,
  running: { readonly sale: Sale; readonly done: Promise<void> } | undefined,
  queue: Pick<Queue, 'payments'>,
): Promise<Cancelled> {
  const before = queue.payments.get(id);
  if (before === undefined) return { kind: 'not-found' };
  if (!before.final && running?.sale.id === id) {
    running.sale.log.info({ state: before.state }, 'cancelled by the register');
    running.sale.cancel.abort();
    const timer = new AbortController();
    await Promise.race([running.done, delay(WAIT_MS, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }
  const payment = queue.payments.get(id) ?? before;
  if (!payment.final) return { kind: 'pending', payment };
  const given = payment.state === 'cancelled' || payment.state === 'undecided';
  return { kind: given ? 'cancelled' : 'too-late', payment };
}
