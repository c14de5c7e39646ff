/** What happened to one payment, as the centre and the terminal both count it (docs/record.md). */
type RecordKind = 'purchase';
export type RecordOutcome = 'approved' | 'declined' | 'declined-after-debit' | 'undecided';
export type FundedBy = 'chip' | 'account' | 'none';
export type Debited = 'none' | 'chip' | 'account' | 'unknown';
type ClockState = 'trusted' | 'untrusted';
export type CryptogramType = 'tc' | 'arqc' | 'aac';

/** The cryptogram and everything it covers, as the card saw it: upper-case hex of the raw values. */
export interface RecordChip {
  readonly cryptogramType: CryptogramType;
  /** 9F26 */
  readonly cryptogram: string;
  /** 9F02 */
  readonly amountAuthorised: string;
  /** 9F03 */
  readonly amountOther: string;
  /** 9F1A */
  readonly terminalCountryCode: string;
  /** 95 */
  readonly tvr: string;
  /** 5F2A */
  readonly currencyCode: string;
  /** 9A */
  readonly transactionDate: string;
  /** 9C */
  readonly transactionType: string;
  /** 9F37 */
  readonly unpredictableNumber: string;
  /** 82 */
  readonly aip: string;
  /** 9F36 */
  readonly atc: string;
  /** 9F10 */
  readonly issuerApplicationData: string;
}

/** The card of a record; the PAN itself travels sealed to the host's key, beside the record. */
export interface RecordCard {
  /** HMAC-SM3 of the PAN under the scheme's card token key, 64 hex digits: the same card, the same token, at every terminal. */
  readonly token: string;
  readonly maskedPan: string;
  readonly panSequence: number;
  readonly aid: string;
  readonly balanceBeforeMinor?: number;
  readonly balanceAfterMinor?: number;
}

/** One record before its place in the chain is known. */
export interface RecordDraft {
  readonly paymentId: string;
  readonly kind: RecordKind;
  readonly outcome: RecordOutcome;
  readonly reason?: string;
  readonly fundedBy: FundedBy;
  readonly debited: Debited;
  /** No host was asked. */
  readonly offline: boolean;
  readonly amountMinor: number;
  readonly currency: 'CNY';
  /** RFC 3339 with the terminal's offset from UTC. */
  readonly at: string;
  readonly merchant: string;
  readonly operator?: string;
  readonly shift?: string;
  readonly reference: string;
  readonly cardholderVerification: 'none' | 'signature' | 'online-pin' | 'consumer-device';
  readonly offlineAuthentication: 'fdda-00' | 'fdda-01' | 'none';
  /** The host's authorisation that this record posts. */
  readonly authorisationId?: string;
  /** Sequence (same epoch) of the undecided record that this one settles. */
  readonly resolvesSequence?: number;
  readonly card?: RecordCard;
  readonly chip?: RecordChip;
  readonly hotlistVersion: number;
  readonly hotlistAgeS?: number;
  readonly clock: ClockState;
  readonly reader?: string;
  readonly software: string;
}

/** One record in its place. Identity at the centre is (terminal, epoch, sequence). */
export interface Record extends RecordDraft {
  readonly terminal: string;
  /** Given by the host at enrolment, from 1. */
  readonly epoch: number;
  /** From 1, without gaps. */
  readonly sequence: number;
}
