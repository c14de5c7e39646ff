import type { Fen, Pan } from '../values/index.ts';
import type { ChipData } from './outcome.ts';

/** One record as it was read: SFI 1 to 30, record number, whole answer without status word. */
export interface ReadRecord {
  readonly sfi: number;
  readonly record: number;
  readonly data: Uint8Array;
}

/**
 * Everything needed to finish, or to judge, a qPBOC payment whose card left before its last record was received
 * (JR/T 0025.12-2018 annex F). A fresh GPO on the card would destroy the evidence, so nothing here can be asked for again.
 */
export interface QpbocIntent {
  readonly path: 'qpboc';
  readonly aid: Uint8Array;
  readonly label: string;
  readonly pan: Pan;
  readonly panSequence: number;
  readonly amount: Fen;
  /** 9F36 of the GPO answer. */
  readonly atc: number;
  /** GET DATA 9F79 before GPO; absent when the card does not give it. Never inferred from the GPO answer. */
  readonly balanceBefore?: Fen;
  /** The application's FCI (answer to SELECT): PDOL, DF61. */
  readonly fci: Uint8Array;
  /** PDOL values as sent in GPO, without 83 and length. */
  readonly pdolValues: Uint8Array;
  /** The whole GPO answer without status word. */
  readonly gpoAnswer: Uint8Array;
  /** 94, four bytes an entry. */
  readonly afl: Uint8Array;
  /** All records but the last. */
  readonly records: readonly ReadRecord[];
}

/**
 * Everything needed to judge a transaction of full debit/credit whose card left at or after its first GENERATE AC. Its
 * cryptogram cannot be asked for again: counter and balance tell whether the chip has moved, and nothing else can.
 */
interface DebitCreditFacts {
  readonly cardInterface: 'contact' | 'contactless';
  readonly aid: Uint8Array;
  readonly label: string;
  readonly pan: Pan;
  readonly panSequence: number;
  readonly amount: Fen;
  /** GET DATA 9F36 before GENERATE AC: the counter that this transaction has from its GPO on. Absent when not given. */
  readonly atc?: number;
  /** GET DATA 9F79 before GENERATE AC; absent when the card does not give it or was not asked. */
  readonly balanceBefore?: Fen;
  /** The application's FCI (answer to SELECT). */
  readonly fci: Uint8Array;
  /** PDOL values as sent in GPO, without 83 and length. */
  readonly pdolValues: Uint8Array;
  /** The whole GPO answer without status word. */
  readonly gpoAnswer: Uint8Array;
  readonly records: readonly ReadRecord[];
  /** What the first GENERATE AC asks for, and the values of CDOL1 as sent. */
  readonly request: 'aac' | 'tc' | 'arqc';
  readonly cdol1Values: Uint8Array;
}

/** `electronicCash`: the chip pays at a TC; otherwise the account does, and nothing is lost with the card. */
export interface DebitCreditIntent extends DebitCreditFacts {
  readonly path: 'debit-credit';
  readonly electronicCash: boolean;
}

/**
 * A load that the host has granted, before its script goes to the card: the chip's balance will be `balanceBefore` and
 * `amount` together. A load without an intent has never reached the chip.
 */
export interface LoadIntent extends DebitCreditFacts {
  readonly path: 'load';
  readonly balanceBefore: Fen;
  /** The ARQC that the host has granted, and the name of its grant: the record needs both, whenever the card tells. */
  readonly chip: ChipData;
  readonly authorisationId: string;
}

export type Intent = QpbocIntent | DebitCreditIntent | LoadIntent;
