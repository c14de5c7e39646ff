// What cardholder verification will look like; each line moves to the file named above it as it is filled in.
import type { Findings } from '../debit-credit/verification-results.ts';
import type { OnlinePin, Step } from '../kernel/requests.ts';
import type { ChainKey } from '../oda/index.ts';
import type { DataObjects } from '../tlv/data-objects.ts';
import type { Fen, Pan } from '../values/index.ts';

// cvm-list.ts / cvm-processing.ts
export interface CvmFacts {
  /** 9F35, the byte. */
  readonly terminalType: number;
  /** 9F33, 3 bytes. */
  readonly capabilities: Uint8Array;
  /** 9C, the byte. */
  readonly transactionType: number;
  /** 5F2A, 2 bytes. */
  readonly currencyCode: Uint8Array;
  readonly amount: Fen;
  /** 9F03: cashback. */
  readonly amountOther: Fen;
}
/** A method that somebody must perform; signature and no CVM perform themselves. */
export type CvmMethod = 'plaintext-pin' | 'enciphered-pin' | 'online-pin' | 'id-document';
export type CvmResult = 'successful' | 'failed' | 'bypassed' | 'pin-pad-not-working' | 'try-limit-exceeded';
export interface CvmOutcome extends Findings {
  /** 9F34, 3 bytes. */
  readonly cvmResults: Uint8Array;
  readonly signature: boolean;
  readonly onlinePin: boolean;
}
/** The card: 82, 8E, 9F42, 9F61, 9F62. Yields the method to perform, is told how it ended. */
export type CvmRules = (card: DataObjects, facts: CvmFacts) => Generator<CvmMethod, CvmOutcome, CvmResult>;

// verify-cardholder.ts: the rules and the dialogs in one step, for the flow
export interface VerificationInput extends CvmFacts {
  readonly pan: Pan;
  /** For an enciphered PIN (EMV Book 2, §7.1): the key of 9F2D, else the ICC key; undefined where neither is known. */
  readonly pinKey: ChainKey | undefined;
  /** Fresh, 256 bytes: padding of enciphered PIN blocks. */
  readonly padding: Uint8Array;
}
export type VerifyCardholder = (
  card: DataObjects,
  input: VerificationInput,
) => Step<
  | { readonly kind: 'verified'; readonly outcome: CvmOutcome; readonly onlinePin?: OnlinePin }
  | { readonly kind: 'cancelled'; readonly reason: 'pin-cancelled' | 'pin-timed-out' }
  | { readonly kind: 'torn' }
  /** The card answered VERIFY as no standard says: the transaction ends. */
  | { readonly kind: 'terminated' }
>;
