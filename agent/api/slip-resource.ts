import { z } from 'zod';
import type { CopyView, SlipView } from '../receipts/slip-state.ts';
import { type SlipTrouble, TROUBLES } from '../receipts/words.ts';

const state = z.enum(['waiting', 'printing', 'printed', 'maybe-printed', 'not-printed']);
export const copyResource = z.strictObject({
  state,
  /** Why it is not on paper for certain: a stable word, and a sentence for the cashier. */
  why: z.string().exactOptional(),
  whyText: z.strictObject({ zh: z.string(), en: z.string() }).exactOptional(),
  /** Printed by a printer that cannot say so. */
  confirmed: z.literal(false).exactOptional(),
});

/** What becomes of the slips of a payment: of both copies what asks most of a person, and each by itself. */
export const slipsResource = copyResource.extend({
  copies: z.strictObject({ merchant: copyResource.exactOptional(), customer: copyResource.exactOptional() }),
});

const copy = z.enum(['merchant', 'customer']);
export const printRequest = z.strictObject({ copy });
export const slipQuery = z.strictObject({ copy: copy.default('customer') });

/** The slip of a close as it would be printed now. */
export const closeSlipText = z.strictObject({
  /** It would bear the mark of a reprint. */
  reprint: z.boolean(),
  /** Half-width characters in a line; a Chinese character takes two. */
  columns: z.int(),
  lines: z.array(z.string()),
});
export type CloseSlipText = z.output<typeof closeSlipText>;

/** A copy of a payment's slip, the same way. */
export const slipTextResource = closeSlipText.extend({ copy });
export type SlipTextResource = z.output<typeof slipTextResource>;

export function slipsOf({ copies: { merchant, customer }, ...worst }: SlipView): z.output<typeof slipsResource> {
  return {
    ...copyOf(worst),
    copies: { ...(merchant && { merchant: copyOf(merchant) }), ...(customer && { customer: copyOf(customer) }) },
  };
}

export function copyOf(view: CopyView): z.output<typeof copyResource> {
  const { why } = view;
  // What the queue holds was written by this agent, so the word is of the list; an older one may have had another.
  const whyText = why !== undefined && Object.hasOwn(TROUBLES, why) ? TROUBLES[why as SlipTrouble] : undefined;
  return { ...view, ...(whyText && { whyText }) };
}
