import {
  type Acknowledgement,
  acknowledgementBytes,
  type SettlementContent,
  settlementBytes,
} from '../../clearing/contract/record/index.ts';
import { type Sm2VerifyingKey, sm2VerifyWith } from '../../emv/crypto/index.ts';
import { parseHex } from '../../emv/values/index.ts';

/** A host's document, if its signature holds under the key pinned at enrolment. */
export const readAcknowledgement = (document: unknown, hostKey: Sm2VerifyingKey): Acknowledgement | undefined =>
  readSigned(document, hostKey, acknowledgementBytes);

export const readSettlement = (document: unknown, hostKey: Sm2VerifyingKey): SettlementContent | undefined =>
  readSigned(document, hostKey, settlementBytes);

function readSigned<T>(
  document: unknown,
  hostKey: Sm2VerifyingKey,
  bytesOf: (content: T) => Uint8Array,
): T | undefined {
  if (typeof document !== 'object' || document === null || !('signature' in document)) return undefined;
  const signature = parseHex(String(document.signature));
  const content = document as T;
  try {
    // What does not fit the signed form is no such document, so what is returned has been checked field by field.
    const bytes = bytesOf(content);
    return signature !== undefined && sm2VerifyWith(hostKey, bytes, signature) ? content : undefined;
  } catch {
    return undefined;
  }
}
