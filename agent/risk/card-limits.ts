import { type Fen, fen } from '../../emv/values/index.ts';
import { type DaySpending, dayRoom } from './day-breaker.ts';
import { type Allowance, type OfflineFacts, percentLeftOfCard } from './offline-limits.ts';
import type { DayBound, OfflinePolicy } from './policy.ts';

/** What this card has paid here without the host. */
export interface CardFacts {
  readonly today: DaySpending;
  /** Since its last payment, be it of a day before; absent when there is none. Negative when the clock was set back. */
  readonly sinceLastS?: number;
}

export type CardRefusal =
  /** It has reached what a card may spend on a day: its breaker is open until the day ends. */
  | 'card-day-limit'
  /** It has paid a moment ago. */
  | 'card-too-soon'
  /** It has reached what is left of that while lists are old or much waits for the centre. */
  | 'card-offline-limit';

const shrunk = ({ count, sum }: DayBound, percent: number): DayBound => ({
  count: Math.floor((count * percent) / 100),
  sum: fen(Math.floor((sum * percent) / 100)),
});

/** May this card pay this amount without the host's word, by what it has paid here today? */
export function cardDecision(
  amount: Fen,
  policy: OfflinePolicy,
  facts: OfflineFacts,
  { today, sinceLastS }: CardFacts,
): Allowance<CardRefusal> {
  const { cardDay, cardIntervalS } = policy;
  if (amount > dayRoom(cardDay, today)) return { kind: 'refused', reason: 'card-day-limit' };
  if (sinceLastS !== undefined && sinceLastS < cardIntervalS) return { kind: 'refused', reason: 'card-too-soon' };
  const left = shrunk(cardDay, percentLeftOfCard(policy, facts));
  return amount > dayRoom(left, today) ? { kind: 'refused', reason: 'card-offline-limit' } : { kind: 'allowed' };
}
