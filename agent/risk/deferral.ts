import type { Fen } from '../../emv/values/index.ts';
import { type CardFacts, type CardRefusal, cardDecision } from './card-limits.ts';
import { dayRoom } from './day-breaker.ts';
import { type Allowance, backlogRoom, type OfflineFacts, percentLeft } from './offline-limits.ts';
import type { OfflinePolicy } from './policy.ts';

/** What was approved on trust and is not yet at the centre. */
export interface TrustFacts extends OfflineFacts {
  readonly deferred: { readonly count: number; readonly sumMinor: number };
}

/** The card whose ARQC is to be trusted. */
export interface TrustedCard extends CardFacts {
  readonly hotlisted: boolean;
  /** The centre has rejected an earlier ARQC of it, and has not been paid. */
  readonly openDebt: boolean;
  /** A PIN was typed that the host alone can check. */
  readonly onlinePin: boolean;
}

export type DeferralRefusal = 'not-offered' | 'stale' | 'amount' | 'too-many' | 'backlog' | 'terminal-day-limit';

/**
 * May this amount be approved on trust, whoever's card it is? Asked before the card, since it must be told that the terminal can go
 * online, or it gives no ARQC.
 */
export function deferralOffered(amount: Fen, policy: OfflinePolicy, facts: TrustFacts): Allowance<DeferralRefusal> {
  const { deferral } = policy;
  const refused = (reason: DeferralRefusal) => ({ kind: 'refused', reason }) as const;
  if (deferral === undefined || amount === 0) return refused('not-offered');
  const percent = percentLeft(policy, facts);
  if (percent === 0) return refused('stale');
  if (amount > Math.floor((deferral.amount * percent) / 100)) return refused('amount');
  const { count, sumMinor } = facts.deferred;
  if (count >= deferral.count || sumMinor + amount > deferral.sum) return refused('too-many');
  if (amount > backlogRoom(policy, facts)) return refused('backlog');
  if (amount > dayRoom(policy.terminalDay, facts.today)) return refused('terminal-day-limit');
  return { kind: 'allowed' };
}

export type TrustRefusal = DeferralRefusal | CardRefusal | 'hotlisted' | 'open-debt' | 'online-pin';

/** May this card's ARQC be approved on trust? */
export function deferralDecision(
  amount: Fen,
  policy: OfflinePolicy,
  facts: TrustFacts,
  card: TrustedCard,
): Allowance<TrustRefusal> {
  const offered = deferralOffered(amount, policy, facts);
  if (offered.kind === 'refused') return offered;
  if (card.hotlisted) return { kind: 'refused', reason: 'hotlisted' };
  if (card.openDebt) return { kind: 'refused', reason: 'open-debt' };
  if (card.onlinePin) return { kind: 'refused', reason: 'online-pin' };
  return cardDecision(amount, policy, facts, card);
}
