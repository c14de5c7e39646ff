import type { After } from '../../drivers/index.ts';
import type { FieldCard } from '../card/field-card.ts';
import { insertCard, type VpcdSlot } from './vpcd-card-client.ts';

/** Again after a reader that is not there, or has gone. */
const AGAIN_MS = 500;

/** Puts a card into a slot of a virtual reader for good: whenever the reader is back, so is the card. */
export function fixedCard(options: VpcdSlot & { readonly after: After }, card: FieldCard): void {
  const inserted = insertCard(options, card);
  void inserted.left.then(() => options.after(AGAIN_MS, () => fixedCard(options, card)));
}
