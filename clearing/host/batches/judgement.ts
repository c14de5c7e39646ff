import type { DisputeReason } from '../../contract/batch.ts';
import type { DebtReason } from '../debts/debts.ts';

export type Effect =
  | 'none'
  /** Chip to merchant. */
  | 'pay-from-chip'
  /** The hold becomes a payment: account to merchant. */
  | 'post-hold'
  /** Account to merchant, without the host's word before: by a TC, be it below zero, or by a deferred authorisation. */
  | 'pay-from-account'
  /** Chip to account. */
  | 'give-back'
  | 'keep-undecided'
  /** The terminal has found out that the card was not debited. */
  | 'close-undecided'
  /** Nobody can find out: the record names no card. */
  | 'note-lost'
  /** The hold becomes a load: account to chip. */
  | 'post-load'
  /** The chip had told of the load before the record did. */
  | 'note-load'
  /** The terminal has found out that the chip has not taken it: the hold ends. */
  | 'drop-load'
  /** The hold stays until the chip tells. */
  | 'keep-load'
  /** Purse to merchant. */
  | 'pay-from-purse'
  /** Purse to account. */
  | 'give-back-purse'
  /** The purse's TAC tells nothing of the purchase before: it waits for its terminal's word. */
  | 'note-undecided-purse';

export type Judgement =
  | { readonly verdict: 'accepted'; readonly effect: Effect }
  | { readonly verdict: 'disputed'; readonly reason: DisputeReason }
  /** The card owes it: it agreed to pay, and the account does not. */
  | { readonly verdict: 'disputed'; readonly reason: DebtReason; readonly debt: true };

export const accept = (effect: Effect): Judgement => ({ verdict: 'accepted', effect });
export const owe = (reason: DebtReason): Judgement => ({ verdict: 'disputed', reason, debt: true });
export const dispute = (reason: DisputeReason): Judgement => ({ verdict: 'disputed', reason });
