import type { RandomSelection, TerminalActionCodes } from '../debit-credit/index.ts';
import type { CaKeys, KeyCache } from '../oda/index.ts';
import type { CivilDate, CivilTime, Fen } from '../values/index.ts';
import type { Explain } from './explain.ts';

/** What the terminal supports and allows for one application (DF19, DF20, DF21, 9F1B of the AID parameters). */
export interface ApplicationParameters {
  /** 5 to 16 bytes. */
  readonly aid: Uint8Array;
  /** ASI (DF01): may the card's AID be longer? */
  readonly partialSelection: boolean;
  /** 9F09, 2 bytes. */
  readonly version: Uint8Array;
  /** DF20: at or above it, another interface is proposed. */
  readonly transactionLimit?: Fen;
  /** DF21: at or above it, cardholder verification is required. */
  readonly cvmLimit?: Fen;
  /** DF19: above it, an online cryptogram is required. */
  readonly offlineFloorLimit?: Fen;
  /** 9F1B, used where there is no DF19. */
  readonly terminalFloorLimit?: Fen;
  /** What full debit/credit needs beside it; absent: as if each of its parts were. */
  readonly debitCredit?: DebitCreditParameters;
}

/** The part of the AID parameters that full debit/credit alone asks for (pboc D/C download: DF11 to DF17, 9F7B). */
export interface DebitCreditParameters {
  /** DF11, DF12, DF13; absent: zeros, so that the card's own action codes decide. */
  readonly actionCodes?: TerminalActionCodes;
  /** DF14; absent: 9F3704. */
  readonly defaultDdol?: Uint8Array;
  /** Absent: an empty list (EMV Book 3, §9.2.2). */
  readonly defaultTdol?: Uint8Array;
  /** DF15 to DF17; absent: nothing is selected at random. */
  readonly randomSelection?: Omit<RandomSelection, 'random'>;
  /** 9F7B: electronic cash is offered below it; absent: below 9F1B. */
  readonly electronicCashLimit?: Fen;
}

/** The terminal as the kernel knows it. */
export interface TerminalParameters {
  /** 9F1A, 2 bytes: 0156. */
  readonly countryCode: Uint8Array;
  /** 9F35, the byte: 0x22, attended, offline with online capability. */
  readonly terminalType: number;
  /** 9F33, 3 bytes. */
  readonly capabilities: Uint8Array;
  /**
   * 9F4E, 9F15, 9F16, 9F1C, 9F1E and the like, for DOLs: value by tag. DF69 (SM algorithms: 00 none, 01 supported) in here is
   * the installation's word; without it the card is told what the CA keys can verify.
   */
  readonly data: ReadonlyMap<number, Uint8Array>;
  /** Can the host be asked now? False makes the TTQ say offline-only. */
  readonly onlineCapable: boolean;
  readonly onlinePin: boolean;
  readonly signature: boolean;
  /** Is there a contact slot to send the customer to? */
  readonly contactInterface: boolean;
  /** Is full PBOC debit/credit offered over the air as well (TTQ byte 1 bit 7)? Absent: qPBOC alone. */
  readonly contactlessDebitCredit?: boolean;
  /** Pre-processing rule 1 (JR/T 0025.12-2013 §6.2), off by default. */
  readonly statusCheck: boolean;
  readonly applications: readonly ApplicationParameters[];
}

/** One transaction's input. Date, time and unpredictable number come in, so that the kernel has none of its own. */
export interface TransactionInput {
  readonly amount: Fen;
  /** 9C, the byte: 0x00, purchase. */
  readonly transactionType: number;
  /** 5F2A, 2 bytes: 0156. */
  readonly currencyCode: Uint8Array;
  readonly date: CivilDate;
  readonly time: CivilTime;
  /** 9F37, 4 bytes, fresh for each transaction. */
  readonly unpredictableNumber: Uint8Array;
  /** 9F41, at most eight digits. */
  readonly transactionCounter: number;
  readonly terminal: TerminalParameters;
  readonly caKeys: CaKeys;
  /** Keys that have been recovered before; without one, every tap recovers its own. */
  readonly keyCache?: KeyCache;
  /** What full debit/credit takes from outside beside it; absent: 50, zeros, false. */
  readonly debitCredit?: DebitCreditInput;
  /** Hears of each decision, for `jdpos card replay --explain` and the like. Absent, it costs nothing: no sentence is made. */
  readonly explain?: Explain;
}

export interface DebitCreditInput {
  /** 1 to 99, fresh for each transaction: random selection (EMV Book 3, §10.6.2). */
  readonly randomPercent: number;
  /** `PIN_PADDING_BYTES`, fresh for each transaction, where offline PINs are enciphered (9F33 byte 2 bit 5). */
  readonly pinPadding: Uint8Array;
  /** Does the cashier want the host asked? */
  readonly forcedOnline: boolean;
}
