import { createHash } from 'node:crypto';
import { concat } from '../../emv/values/index.ts';
import type { TestKey } from '../pki/index.ts';

/**
 * Makes 9F4B over what the terminal gave and the card's own dynamic number. `combined`: what CDA signs besides: CID ‖ cryptogram ‖
 * hash of the transaction data (EMV Book 2 table 18).
 */
export type DynamicSigner = (terminalData: Uint8Array, dynamicNumber: Uint8Array, combined?: Uint8Array) => Uint8Array;

/** The hash of the transaction data that goes with this signature, 20 bytes (EMV Book 2 §6.6.1). */
export const transactionDataHash = (data: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha1').update(data).digest());

/** Signs as EMV Book 2 table 15: 6A 05 01 Ldd ‖ dynamic data ‖ BB… ‖ SHA-1 over this and the terminal's data ‖ BC. */
export function signerWith(key: TestKey): DynamicSigner {
  return (terminalData, dynamicNumber, combined = new Uint8Array()) => {
    const dynamic = concat(Uint8Array.of(dynamicNumber.length), dynamicNumber, combined);
    const front = new Uint8Array(key.modulus.length - 22).fill(0xbb);
    front.set(concat(Uint8Array.of(0x05, 0x01, dynamic.length), dynamic));
    const hash = createHash('sha1').update(front).update(terminalData).digest();
    return key.sign(concat(Uint8Array.of(0x6a), front, hash, Uint8Array.of(0xbc)));
  };
}

/** A forger that has one signature of the true card and plays it at every transaction: true key, other data. */
export function replayWith(key: TestKey): DynamicSigner {
  const sign = signerWith(key);
  return (terminalData, dynamicNumber, combined) => sign(new Uint8Array(terminalData.length), dynamicNumber, combined);
}
