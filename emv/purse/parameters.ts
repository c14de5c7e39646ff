import type { CivilDate, CivilTime, Fen } from '../values/index.ts';

/** ED, electronic deposit (电子存折), with a PIN; EP, electronic purse (电子钱包), without. */
export type PurseKind = 'ed' | 'ep';

/** The purse application as an installation knows it; names, types and key indices are its issuer's. */
export interface PurseApplication {
  readonly purse: PurseKind;
  /** What is selected, one after the other, the application last: DF names of 5 to 16 bytes or file identifiers of 2. */
  readonly path: readonly Uint8Array[];
  /** Application types (file 15, byte 9) that this terminal serves. */
  readonly applicationTypes: readonly number[];
  /** Index of the purchase key (DPK), the byte. */
  readonly purchaseKeyIndex: number;
  /** Index of the load key (DLK), the byte. */
  readonly loadKeyIndex: number;
  /**
   * Which number GET TRANSACTION PROVE takes for a transaction: the one that the card's counter has after it (as cards in the
   * field do), or the one that INITIALIZE gave. The wrong one of the two would ask for the transaction before.
   */
  readonly proves: 'number-after' | 'number-of';
}

/** The PSAM as an installation knows it. */
export interface SamParameters {
  /** Its application: a file identifier of 2 bytes (DF01) or a DF name of 5 to 16. */
  readonly application: Uint8Array;
  /** File 16, 6 bytes: the PSAM that belongs into this terminal. Absent: any. */
  readonly terminalId?: Uint8Array;
  /** The last terminal sequence number that this PSAM is known to have given. */
  readonly lastTerminalSequence?: number;
  /** Does it derive the purchase key by the issuer (file 15, 8 bytes) as well? */
  readonly diversifiedByIssuer: boolean;
  /** A third diversifier, 8 bytes: the city. Only together with the issuer. */
  readonly city?: Uint8Array;
}

export interface PursePurchaseInput {
  /** Above zero; at most what four bytes hold. */
  readonly amount: Fen;
  readonly date: CivilDate;
  readonly time: CivilTime;
  readonly application: PurseApplication;
  readonly sam: SamParameters;
}

export interface PurseLoadInput {
  /** Above zero; at most what four bytes hold. */
  readonly amount: Fen;
  /** Today, for the card's dates; the load carries the host's. */
  readonly date: CivilDate;
  /** 6 bytes: the terminal as the loading host knows it. */
  readonly terminalId: Uint8Array;
  readonly application: PurseApplication;
}

/** The largest amount or balance: 4 bytes. */
export const MAX_PURSE_FEN = 0xffff_ffff;

/** Can a purse pay or take it? Zero moves nothing, so nothing could tell afterwards whether it moved. */
export function isPurseAmount(amount: Fen): boolean {
  return amount > 0 && amount <= MAX_PURSE_FEN;
}

/** The transaction type's byte in MACs, log and proof. */
export const PURSE_TYPE = {
  load: { ed: 0x01, ep: 0x02 },
  purchase: { ed: 0x05, ep: 0x06 },
} as const satisfies Record<string, Record<PurseKind, number>>;
