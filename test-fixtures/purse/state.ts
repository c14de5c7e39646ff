import { z } from 'zod';
import { bytes } from '../card/file-storage.ts';

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

const count = z.int().nonnegative();

/** The same in a file. */
export const storedPurse: z.ZodType<StoredPurse> = z.strictObject({
  balance: count,
  offline: count,
  online: count,
  pinTries: count,
  log: z.array(bytes),
  last: z.strictObject({ type: count, number: count, mac: bytes, tac: bytes }).exactOptional(),
});
export const storedSam: z.ZodType<StoredSam> = z.strictObject({ sequence: count, triesLeft: count });
