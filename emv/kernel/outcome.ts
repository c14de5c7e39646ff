import type { CryptogramInput } from '../crypto/cryptogram-input.ts';
import type { CivilDate, Fen, Pan } from '../values/index.ts';

/** The card as far as the terminal has seen it. */
export interface CardSeen {
  readonly pan: Pan;
  /** 5F34, 0 to 99; 0 when the card gives none. */
  readonly panSequence: number;
  /** From track 2 (last day of the month) or 5F24. */
  readonly expiry: CivilDate;
  readonly aid: Uint8Array;
  /** 9F12 or 50, printable; empty when the card gives none. */
  readonly label: string;
  /** Electronic cash (9F79) before GPO, where the card gives it. */
  readonly balanceBefore?: Fen;
  /** Electronic cash left after the outcome, from 9F10 (IDD) or by subtraction. */
  readonly balanceAfter?: Fen;
  /** 9F36 of a transaction that the chip may have paid, and whose cryptogram never came. */
  readonly atc?: number;
}

/** What the host needs to check the card's cryptogram. */
export interface ChipData extends CryptogramInput {
  /** 9F26, 8 bytes. */
  readonly cryptogram: Uint8Array;
  readonly cryptogramType: 'tc' | 'arqc' | 'aac';
  /** 9B, 2 bytes, and 9F34, 3 bytes, when the cryptogram was asked for; full debit/credit alone has them. */
  readonly tsi?: Uint8Array;
  readonly cvmResults?: Uint8Array;
}

/** Why a payment is refused. One word for the register, one sentence for the cashier (agent/payment). */
export type DeclineReason =
  | 'hotlisted'
  | 'expired'
  | 'insufficient-funds'
  | 'card-declined'
  | 'host-declined'
  /** The card owes for an earlier payment. */
  | 'debt'
  | 'host-unreachable'
  | 'offline-limit'
  /** What was paid offline today, or a moment ago, by this card or at this terminal, leaves no room. */
  | 'card-offline-limit'
  | 'card-too-soon'
  | 'card-day-limit'
  | 'terminal-day-limit'
  | 'transaction-limit'
  /** A load: the chip would hold more than it may. */
  | 'balance-limit'
  | 'online-pin-required'
  | 'pin-wrong'
  | 'pin-not-entered'
  | 'pin-tries-exceeded'
  /** The attendant found that the customer's document is not the one that the card names. */
  | 'document-mismatch'
  | 'no-common-application'
  | 'application-blocked'
  | 'card-blocked'
  | 'unknown-ca-key'
  | 'not-genuine'
  | 'card-error'
  | 'use-contact'
  | 'storage-unavailable';

export type CardholderVerification =
  | 'none'
  | 'signature'
  | 'online-pin'
  | 'consumer-device'
  /** The rest: full debit/credit alone. */
  | 'offline-pin'
  | 'offline-pin-and-signature'
  | 'id-document';

/** What verified: fDDA by its version, or a method of full debit/credit; 'none' where the route needs none or it did not verify. */
export type OfflineAuthentication = 'fdda-00' | 'fdda-01' | 'sda' | 'dda' | 'cda' | 'none';

/** What a second GENERATE AC and issuer scripts leave behind. */
export interface Completion {
  /** The second cryptogram, where the card gave one that can be believed. */
  readonly chip?: ChipData;
  /** 8A as the card was told it, 2 bytes. */
  readonly authorisationResponseCode?: Uint8Array;
  /** Issuer script results, 5 bytes a script (EMV Book 4, annex A5): for the centre (DF31). No bytes: there was no script. */
  readonly scriptResults: Uint8Array;
}

/** Where the card left the field. */
type TornAt = 'before-intent' | 'after-intent';

export type Outcome =
  | {
      readonly kind: 'approved';
      readonly fundedBy: 'chip' | 'account';
      /** True when no host was asked. */
      readonly offline: boolean;
      readonly card: CardSeen;
      readonly chip: ChipData;
      readonly cardholderVerification: CardholderVerification;
      readonly offlineAuthentication: OfflineAuthentication;
      readonly authorisationId?: string;
      /**
       * Full debit/credit after its ARQC: `chip` is the cryptogram that the payment rests on, the ARQC that the host has
       * approved, or the TC that was given without the host; this is how the card took it.
       */
      readonly completion?: Completion;
    }
  | {
      readonly kind: 'declined';
      readonly reason: DeclineReason;
      /** 'chip': the card has taken the money although the merchant is not paid (declined after debit). */
      readonly debited: 'none' | 'chip';
      readonly card?: CardSeen;
      readonly chip?: ChipData;
      /** The host has given this authorisation and the payment came to nothing all the same: it must be reversed. */
      readonly authorisationToReverse?: string;
      readonly completion?: Completion;
    }
  /** A transmission error or a card that wants a second tap, before any money moved. */
  | { readonly kind: 'present-again'; readonly reason: 'transmission' | 'several-cards' }
  | { readonly kind: 'other-interface'; readonly reason: DeclineReason; readonly card?: CardSeen }
  /** The card left. 'after-intent': it may have paid; only the same card can tell (`recover`). */
  | { readonly kind: 'torn'; readonly at: TornAt }
  /** 'cancelled': the cardholder chose none of the card's applications. */
  | {
      readonly kind: 'cancelled';
      readonly reason: 'pin-cancelled' | 'pin-timed-out' | 'cancelled';
      readonly card?: CardSeen;
    };

/** What a probe of the presented card says about an open intent (flash-card recovery, JR/T 0025.12-2018 annex F). */
export type Recovery =
  /** Not the card of the intent. Nothing was asked of it beyond SELECT, GET DATA and reading. */
  | { readonly kind: 'other-card' }
  /** The same card; ATC and balance stand where they stood before the debit: the intent closes without a fen taken. */
  | { readonly kind: 'not-debited' }
  /** The same card; it has paid. The outcome is approved, or declined with `debited: 'chip'`. */
  | { readonly kind: 'debited'; readonly outcome: Extract<Outcome, { kind: 'approved' | 'declined' }> }
  /** The same card; the load of the intent has not reached its chip: its reversal may go. */
  | { readonly kind: 'not-loaded' }
  /** The same card; its chip has the load (`card.balanceAfter`): nothing may be reversed. */
  | { readonly kind: 'loaded'; readonly card: CardSeen }
  /** The same card, but ATC or balance have moved otherwise, or it gives no balance: the centre decides. */
  | {
      readonly kind: 'undecided';
      readonly why: 'moved-on' | 'no-evidence';
      readonly atcNow?: number;
      readonly balanceNow?: Fen;
    }
  /** The card left during the probe. */
  | { readonly kind: 'torn' };
