import type { Fen, Pan } from '../values/index.ts';

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
export interface Intent {
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
