import type { PurseCard } from './card.ts';
import type { SamUse } from './intent.ts';
import type { PurseFinding, PurseReason, PurseRefused, PurseTorn } from './outcome.ts';

/** The card left before an intent was written: no money can have moved. */
export const TORN: PurseTorn = { kind: 'torn', at: 'before-intent' };

/** It left afterwards, or what it says fits neither side: the intent stays open. */
export const OPEN: PurseTorn = { kind: 'torn', at: 'after-intent' };

/** A refusal while not a fen has moved. */
export function refuse(
  reason: PurseReason,
  known: { readonly card?: PurseCard; readonly sam?: SamUse; readonly finding?: PurseFinding } = {},
): PurseRefused {
  return { kind: 'declined', reason, debited: 'none', ...known };
}
