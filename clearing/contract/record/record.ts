/** What happened to one payment, as the centre and the terminal both count it (docs/record.md). */
export type RecordKind =
  | 'purchase'
  /** 圈存: from the card's account into its chip or its purse. */
  | 'load';
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
  /** 9F34, where full debit/credit has performed a method. */
  readonly cvmResults?: string;
  /** 9B, as it stood when the cryptogram was asked for. */
  readonly tsi?: string;
}

/** How the card took the host's answer: its second GENERATE AC, where it gave one that could be believed (EMV Book 3, §9). */
export interface RecordConfirmation {
  readonly cryptogramType: 'tc' | 'aac';
  /** 9F26 */
  readonly cryptogram: string;
  /** 8A, as the card was told it. */
  readonly authorisationResponseCode: string;
  /** 95 */
  readonly tvr: string;
  /** 9F37 */
  readonly unpredictableNumber: string;
  /** 9F36 */
  readonly atc: string;
  /** 9F10 */
  readonly issuerApplicationData: string;
}

/** What an electronic purse (ED or EP) and its PSAM said of one transaction (JR/T 0025.1 and .2); hex of the raw values. */
export interface RecordPurse {
  /** 01 ED load, 02 EP load, 05 ED purchase, 06 EP purchase. */
  readonly transactionType: string;
  /** The purse's own number: of offline transactions for a purchase, of online ones for a load. */
  readonly sequence: number;
  /** 6 bytes, of the PSAM for a purchase, the terminal's own for a load. */
  readonly terminalId: string;
  /** A purchase's number at its PSAM. */
  readonly terminalSequence?: number;
  /** File 15 of the PSAM, 10 bytes. */
  readonly samSerial?: string;
  /** YYYYMMDD and hhmmss, as the card was told them. */
  readonly date?: string;
  readonly time?: string;
  readonly keyIndex: number;
  readonly keyVersion: number;
  /** 4 bytes, the card's, from INITIALIZE. */
  readonly random: string;
  /** 4 bytes each; MAC2 is the card's in a purchase, the host's in a load. */
  readonly mac1: string;
  readonly mac2?: string;
  /** What the PSAM says of the card's MAC2. */
  readonly mac2Verdict?: 'genuine' | 'wrong' | 'not-asked';
  /** TAC, 4 bytes; absent when the card gave none. */
  readonly transactionCode?: string;
  /** What an ED may go below zero, fen. */
  readonly overdraftLimitMinor?: number;
}

/** The card of a record; the PAN itself travels sealed to the host's key, beside the record. */
export interface RecordCard {
  /**
   * HMAC-SM3 of the PAN, or of a purse's serial number, under the scheme's card token key, 64 hex digits: the same card, the
   * same token, at every terminal.
   */
  readonly token: string;
  readonly maskedPan: string;
  readonly panSequence: number;
  readonly aid: string;
  readonly balanceBeforeMinor?: number;
  readonly balanceAfterMinor?: number;
  /** 9F36 of a transaction whose cryptogram never came; where it came, `chip` has it. */
  readonly atc?: number;
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
  readonly cardholderVerification:
    | 'none'
    | 'signature'
    | 'online-pin'
    | 'consumer-device'
    | 'offline-pin'
    | 'offline-pin-and-signature'
    | 'id-document';
  readonly offlineAuthentication: 'fdda-00' | 'fdda-01' | 'sda' | 'dda' | 'cda' | 'none';
  /** The host's authorisation that this record posts. */
  readonly authorisationId?: string;
  /** Sequence (same epoch) of the undecided record that this one settles. */
  readonly resolvesSequence?: number;
  /** Absent: contactless. */
  readonly interface?: 'contact' | 'contactless';
  readonly card?: RecordCard;
  /** The cryptogram on which the outcome rests: the ARQC that the host has approved, or the TC that was given without it. */
  readonly chip?: RecordChip;
  readonly confirmation?: RecordConfirmation;
  /** 5 bytes a script (EMV Book 4, annex A5): result and command, then the identifier. Absent: there was no script. */
  readonly scriptResults?: string;
  readonly purse?: RecordPurse;
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
