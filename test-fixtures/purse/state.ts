/** What a purse keeps without power. */
export interface StoredPurse {
  /** Fen. */
  readonly balance: number;
  readonly offline: number;
  readonly online: number;
  readonly pinTries: number;
  /** 23 bytes each, newest first, ten at most. */
  readonly log: readonly Uint8Array[];
  /** The last transaction, for GET TRANSACTION PROVE. */
  readonly last?: {
    readonly type: number;
    readonly number: number;
    readonly mac: Uint8Array;
    readonly tac: Uint8Array;
  };
}

/** What a PSAM keeps without power. */
export interface StoredSam {
  /** The number of its last purchase. */
  readonly sequence: number;
  /** Wrong MAC2s that it still bears. */
  readonly triesLeft: number;
}
