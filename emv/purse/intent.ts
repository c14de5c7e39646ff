import type { CivilDate, CivilTime, Fen } from '../values/index.ts';
import type { PurseCard } from './card.ts';

/** The PSAM in one purchase. */
export interface SamUse {
  /** File 15, 10 bytes. */
  readonly serial: Uint8Array;
  /** File 16, 6 bytes: the terminal of MAC1, TAC and log. */
  readonly terminalId: Uint8Array;
  /** Rises with every INIT SAM FOR PURCHASE, 4 bytes. */
  readonly terminalSequence: number;
  /** Numbers between the last one known and this: purchases that began and are not in the book. Absent: the last is not known. */
  readonly skipped?: number;
}

/** What INITIALIZE FOR PURCHASE or LOAD gave, and what it was asked. */
interface Initialised {
  readonly card: PurseCard;
  /** 01, 02, 05 or 06 (`PURSE_TYPE`). */
  readonly type: number;
  readonly amount: Fen;
  readonly balanceBefore: Fen;
  readonly keyIndex: number;
  readonly keyVersion: number;
  /** Algorithm of the key: 00 triple DES. */
  readonly algorithm: number;
  /** 4 bytes. */
  readonly random: Uint8Array;
}

/** Everything needed to finish, or to judge, a purchase whose card left at DEBIT FOR PURCHASE. */
export interface PursePurchaseIntent extends Initialised {
  readonly path: 'purse-purchase';
  readonly offlineSequence: number;
  /** 3 bytes as a number; zero for an EP. */
  readonly overdraftLimit: Fen;
  readonly sam: SamUse;
  readonly date: CivilDate;
  readonly time: CivilTime;
  /** 4 bytes. */
  readonly mac1: Uint8Array;
}

/** The same for a load whose card left between INITIALIZE and the answer to CREDIT FOR LOAD. */
export interface PurseLoadIntent extends Initialised {
  readonly path: 'purse-load';
  readonly onlineSequence: number;
  readonly terminalId: Uint8Array;
  /** 4 bytes, the card's word to the host. */
  readonly mac1: Uint8Array;
}

export type PurseIntent = PursePurchaseIntent | PurseLoadIntent;
