import type { DeclineReason } from '../../emv/kernel/index.ts';
import type { PurseReason } from '../../emv/purse/index.ts';
import type { CardRefusal } from '../risk/card-limits.ts';

/** One sentence for the cashier in both languages: what happened, and what to do next. */
export interface Sentence {
  readonly zh: string;
  readonly en: string;
}

/** Every reason a payment can carry. `DeclineReason` and `PurseReason` come from card, PSAM and host, the rest from the agent itself. */
export type Reason = DeclineReason | PurseReason | AgentReason;

/** What only a purchase comes to. */
export type PurchaseReason =
  | Exclude<PurseReason, DeclineReason | AgentReason>
  | 'found-not-debited'
  | CardRefusal
  | 'terminal-day-limit';

/** What only a load comes to. */
export type LoadReason = 'balance-limit' | 'not-loaded' | 'found-not-loaded' | 'found-loaded';

type AgentReason =
  | Exclude<LoadReason, DeclineReason>
  | 'cancelled'
  | 'timeout'
  | 'pin-cancelled'
  | 'pin-timed-out'
  /** A question to the register (`question.ts`) stood for too long. */
  | 'not-answered'
  | 'restarted'
  | 'internal-error'
  | 'transmission'
  | 'several-cards'
  | 'card-in-use'
  | 'torn'
  | 'other-card'
  | 'card-moved-on'
  | 'no-evidence'
  | 'found-not-debited'
  | 'no-balance';
