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
}
