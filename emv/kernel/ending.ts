import type { CardSeen, ChipData, DeclineReason, Outcome } from './outcome.ts';
import type { TerminalParameters } from './transaction.ts';

/** How a step ends the transaction; a step that does not end it returns a `kind` of its own. */
export type Ended = Exclude<Outcome, { kind: 'approved' }>;

/** The card left before an intent was written: no money can have moved. */
export const TORN: Ended = { kind: 'torn', at: 'before-intent' };

/** A refusal before the debit. */
export function declined(reason: DeclineReason, card?: CardSeen, chip?: ChipData): Ended {
  return { kind: 'declined', reason, debited: 'none', ...(card && { card }), ...(chip && { chip }) };
}

/** "Try another interface" of the standard: only a terminal that has one can say so, any other declines. */
export function otherInterface(terminal: TerminalParameters, reason: DeclineReason, card?: CardSeen): Ended {
  return terminal.contactInterface
    ? { kind: 'other-interface', reason, ...(card && { card }) }
    : declined(reason, card);
}
