import type { PurseHandlers } from '../../../emv/purse/index.ts';
import type { CardSession } from '../card-session.ts';

/** Nobody is there to be asked: as after a tear. */
export const NOBODY: CardSession = { exchange: async () => ({ kind: 'torn', cause: 'removed' }) };

/** Answers a step that only looks. What it must not ask is refused. */
export function lookingAt({ card = NOBODY, sam = NOBODY }: { card?: CardSession; sam?: CardSession }): PurseHandlers {
  return {
    exchange: ({ to, command }) => (to === 'card' ? card : sam).exchange(command),
    'save-intent': () => ({ kind: 'refused', reason: 'storage-unavailable' }),
    'check-exception-file': () => ({ listed: true }),
    'check-offline-limits': () => ({ kind: 'refused', reason: 'offline-limit' }),
    'verify-cardholder': () => ({ kind: 'unavailable' }),
    'authorise-load': () => ({ kind: 'no-answer' }),
  };
}
