import type { CaKeys } from '../oda/ca-keys.ts';
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
}

/** The terminal as the kernel knows it. */
export interface TerminalParameters {
  /** 9F1A, 2 bytes: 0156. */
  readonly countryCode: Uint8Array;
  /** 9F35, the byte: 0x22, attended, offline with online capability. */
  readonly terminalType: number;
  /** 9F33, 3 bytes. */
  readonly capabilities: Uint8Array;
  /** 9F4E, 9F15, 9F16, 9F1C, 9F1E and the like, for DOLs: value by tag. */
  readonly data: ReadonlyMap<number, Uint8Array>;
  /** Can the host be asked now? False makes the TTQ say offline-only. */
  readonly onlineCapable: boolean;
  readonly onlinePin: boolean;
  readonly signature: boolean;
  /** Is there a contact slot to send the customer to? */
  readonly contactInterface: boolean;
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
  /** Hears of each decision, for `jdpos card replay --explain` and the like. Absent, it costs nothing: no sentence is made. */
  readonly explain?: Explain;
}
