import { type Sm2VerifyingKey, sm2Verify, sm2VerifyWith } from '../../emv/crypto/index.ts';
import { parseHex } from '../../emv/values/index.ts';

/**
 * Is a document of the host signed with a pinned key (X then Y, 64 bytes)? False too when it has no signed form at all.
 * @param publicKey of whoever checks often: made ready before
 * @param bytes writes the signed form; may throw RangeError
 * @param signature r then s in hex
 */
export function isSigned(publicKey: Uint8Array | Sm2VerifyingKey, bytes: () => Uint8Array, signature: string): boolean {
  const given = parseHex(signature);
  try {
    if (given === undefined) return false;
    return 'point' in publicKey ? sm2VerifyWith(publicKey, bytes(), given) : sm2Verify(publicKey, bytes(), given);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
