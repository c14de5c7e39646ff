import type { ChainKey } from './certificate.ts';
import { failed, type OdaFailure } from './failure.ts';
import { iccDynamicNumberOf, openSignedDynamicData } from './signed-dynamic-data.ts';

export type DdaResult =
  | {
      readonly kind: 'genuine';
      /** For 9F4C, 2 to 8 bytes. */
      readonly iccDynamicNumber: Uint8Array;
    }
  | OdaFailure;

/**
 * Dynamic data authentication (EMV Book 2, §6.5.2; the SM2 form JR/T 0025.17 §5.2): does the card hold the key that its
 * certificate names? `signature` is the SDAD from the answer to INTERNAL AUTHENTICATE, the value of 80 or of 9F4B in 77;
 * `ddolValues` the values of the DDOL (9F49, or the terminal's default 9F3704) as that command carried them. That the DDOL
 * asks for 9F37 the caller must have seen to (§6.5.1): without it an old answer would pass for a new one.
 * Fails with object 'dynamic-signature' and check 'missing' (no signature), 'length', 'form', 'hash' (RSA), 'signature'
 * (SM2), 'algorithm', or 'dynamic-data' (signed, but without an ICC dynamic number). Never throws on card data.
 */
export function verifyDda(input: {
  /** From `recoverIccKey`. */
  readonly iccKey: ChainKey;
  readonly signature: Uint8Array | undefined;
  readonly ddolValues: Uint8Array;
}): DdaResult {
  const opened = openSignedDynamicData(input.iccKey, input.signature, input.ddolValues);
  if (opened.kind === 'failed') return opened;
  const iccDynamicNumber = iccDynamicNumberOf(opened.dynamicData);
  if (iccDynamicNumber === undefined) return failed('dynamic-signature', 'dynamic-data');
  return { kind: 'genuine', iccDynamicNumber };
}
