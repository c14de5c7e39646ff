import type { Fen } from '../../emv/values/index.ts';
import { type CardFacts, type CardRefusal, cardDecision } from './card-limits.ts';
import { type Allowance, type OfflineFacts, offlineDecision, type TerminalRefusal } from './offline-limits.ts';
import type { OfflinePolicy } from './policy.ts';

/**
 * May this amount be approved without the host's word, and by this card? The terminal's own limits go first.
 * @param floor the limit of the parameters, before anything shrinks it
 * @param card absent while nobody knows whose it will be
 */
export function offlineAllowance(
  amount: Fen,
  floor: Fen,
  policy: OfflinePolicy,
  facts: OfflineFacts,
  card?: CardFacts,
): Allowance<TerminalRefusal | CardRefusal> {
  const terminal = offlineDecision(amount, floor, policy, facts);
  return terminal.kind === 'refused' || card === undefined ? terminal : cardDecision(amount, policy, facts, card);
}
