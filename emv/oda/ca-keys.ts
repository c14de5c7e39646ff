import { type CivilDate, equalBytes } from '../values/index.ts';

/** A certification authority's public key, named by RID and index (8F). */
export type CaPublicKey = {
  /** 5 bytes. */
  readonly rid: Uint8Array;
  readonly index: number;
  /** Last day it may be used, YYYYMMDD; absent means no limit is known. */
  readonly expiry?: string;
} & (
  | {
      readonly algorithm: 'rsa';
      /** Big-endian, 128 to 248 bytes. */
      readonly modulus: Uint8Array;
      /** 03 or 010001. */
      readonly exponent: Uint8Array;
    }
  | {
      readonly algorithm: 'sm2';
      /** X then Y, 64 bytes. */
      readonly point: Uint8Array;
    }
);

/** Where the kernel looks for a CA key. */
export interface CaKeys {
  find(rid: Uint8Array, index: number): CaPublicKey | undefined;
  /** Can cards of this scheme be verified by SM2 on this day: is there a key for it that has not expired? RID: 5 bytes. */
  verifiesSm2(rid: Uint8Array, date: CivilDate): boolean;
}

/** May the CA key no longer be used on this day? */
export function caHasExpired({ expiry }: CaPublicKey, { year, month, day }: CivilDate): boolean {
  const today = String(year * 10_000 + month * 100 + day);
  return expiry !== undefined && expiry < today;
}

/** A terminal's CA keys. */
export function caKeysOf(keys: readonly CaPublicKey[]): CaKeys {
  return {
    find: (rid, index) => keys.find((key) => key.index === index && equalBytes(key.rid, rid)),
    verifiesSm2: (rid, date) =>
      keys.some((key) => key.algorithm === 'sm2' && equalBytes(key.rid, rid) && !caHasExpired(key, date)),
  };
}
