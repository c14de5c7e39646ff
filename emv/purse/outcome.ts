import type { DeclineReason } from '../kernel/outcome.ts';
import type { Fen } from '../values/index.ts';
import type { PurseCard } from './card.ts';
import type { PurseLoadIntent, PursePurchaseIntent, SamUse } from './intent.ts';

/** Why a purse transaction is refused: the kernel's words, and what only a PSAM or a purse key can be the reason of. */
export type PurseReason = DeclineReason | 'not-yet-valid' | 'key-not-supported' | 'sam-unavailable' | 'sam-locked';

/** What speaks against a transaction, closer than its reason. */
export type PurseFinding =
  /** Another PSAM than this terminal's. */
  | 'other-sam'
  /** The PSAM's number has not risen. */
  | 'sam-sequence'
  /** The PSAM does not take the card's MAC2 for genuine. */
  | 'mac2-wrong'
  /** The PSAM could not be asked about MAC2: it left, or was reset since. */
  | 'no-sam-verdict'
  /** The card's balance is not what it was less (or more) the amount. */
  | 'balance-mismatch'
  /** Balance and log say that the card has paid or taken it; it gives no TAC for it. */
  | 'no-proof';

/** A purchase that the card has paid: everything that clearing needs. */
export interface PurseDebit extends PursePurchaseIntent {
  readonly balanceAfter: Fen;
  /** 4 bytes; absent when the card does not give it. */
  readonly transactionCode?: Uint8Array;
  /** 4 bytes, the card's word to the PSAM. */
  readonly mac2?: Uint8Array;
  /** GET BALANCE afterwards, where it was read. */
  readonly balanceSeen?: Fen;
}

/** A load that the card has taken. */
export interface PurseCredit extends PurseLoadIntent {
  readonly balanceAfter: Fen;
  readonly transactionCode?: Uint8Array;
  readonly balanceSeen?: Fen;
  /** Absent when a torn card tells it: the host has it. */
  readonly authorisationId?: string;
}

/** The card or the PSAM left. 'after-intent': only the same card can tell what became of it (`recoverPursePurchase`, `recoverPurseLoad`). */
export interface PurseTorn {
  readonly kind: 'torn';
  readonly at: 'before-intent' | 'after-intent';
}

export interface PurseCancelled {
  readonly kind: 'cancelled';
  readonly reason: 'pin-cancelled' | 'pin-timed-out';
  readonly card: PurseCard;
}

/** A refusal before anything moved. */
export interface PurseRefused {
  readonly kind: 'declined';
  readonly reason: PurseReason;
  readonly debited: 'none';
  readonly finding?: PurseFinding;
  readonly card?: PurseCard;
  /** The PSAM has counted, although nothing came of it. */
  readonly sam?: SamUse;
}

export type PurseApproved = { readonly kind: 'approved'; readonly debit: PurseDebit };

/** The card has paid, and the merchant is not: the centre decides by the TAC. */
export interface PurseDeclinedAfterDebit {
  readonly kind: 'declined';
  readonly reason: PurseReason;
  readonly debited: 'chip';
  readonly finding: PurseFinding;
  readonly debit: PurseDebit;
}

export type PursePurchaseOutcome = PurseApproved | PurseDeclinedAfterDebit | PurseRefused | PurseTorn | PurseCancelled;

export type PurseLoadOutcome =
  /** `finding`: taken, but something of it does not add up, and the centre should look. */
  | { readonly kind: 'loaded'; readonly credit: PurseCredit; readonly finding?: PurseFinding }
  /** Nothing was loaded. With an `authorisationId` the host has taken the money: the caller reverses. */
  | (PurseRefused & { readonly authorisationId?: string })
  | PurseTorn
  | PurseCancelled;

/** What was seen of a card whose state fits neither side. */
export interface PurseSeen {
  readonly balance?: Fen;
  /** The counter now: offline for a purchase, online for a load. */
  readonly sequence?: number;
  readonly proof: 'given' | 'none' | 'not-supported';
  /** Does the card's log name this transaction? */
  readonly logged: boolean;
}

type Probe =
  /** Not the card of the intent. Nothing was asked of it beyond SELECT and file 15. */
  | { readonly kind: 'other-card' }
  | { readonly kind: 'undecided'; readonly why: 'moved-on' | 'no-evidence'; readonly seen: PurseSeen }
  /** The card left during the probe. */
  | { readonly kind: 'torn' };

/** What the presented card says about an open intent of a purchase. */
export type PurseRecovery =
  | Probe
  | { readonly kind: 'not-debited' }
  | { readonly kind: 'debited'; readonly outcome: PurseApproved | PurseDeclinedAfterDebit };

/** What the presented card says about an open intent of a load. */
export type PurseLoadRecovery =
  | Probe
  | { readonly kind: 'not-credited' }
  | { readonly kind: 'credited'; readonly outcome: Extract<PurseLoadOutcome, { kind: 'loaded' }> };
