import type { Card } from './cards.ts';

/**
 * Why a card may not spend its account; undefined when it may. What the chip says of its expiry counts as well as what the issuer's file
 * says.
 * @param today YYYY-MM-DD where the card is used
 * @param chipExpiry YYYY-MM-DD, where it is known
 */
export function statusFault(
  card: Card,
  today: string,
  chipExpiry: string = card.expiry,
): 'hotlisted' | 'card-blocked' | 'expired' | undefined {
  if (card.hotlisted) return 'hotlisted';
  if (card.blocked) return 'card-blocked';
  return card.expiry < today || chipExpiry < today ? 'expired' : undefined;
}
