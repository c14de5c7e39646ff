import { createHash } from 'node:crypto';
import { concat } from '../../emv/values/index.ts';
import type { TestKey, TestSm2Key } from '../pki/index.ts';

/** What CDA signs besides (EMV Book 2 table 18). */
interface Combined {
  /** CID ‖ cryptogram, 9 bytes. */
  readonly cryptogram: Uint8Array;
  /** What the hash behind it covers (EMV Book 2 §6.6.1); the signer knows which hash. */
  readonly transactionData: Uint8Array;
}

/** Makes 9F4B over what the terminal gave and the card's own dynamic number. */
export type DynamicSigner = (terminalData: Uint8Array, dynamicNumber: Uint8Array, combined?: Combined) => Uint8Array;

/** ICC dynamic data: number behind its length, and for CDA CID ‖ cryptogram ‖ hash of the transaction data. */
function dynamicData(hash: 'sha1' | 'sm3', dynamicNumber: Uint8Array, combined: Combined | undefined): Uint8Array {
  const number = concat(Uint8Array.of(dynamicNumber.length), dynamicNumber);
  if (combined === undefined) return number;
  return concat(number, combined.cryptogram, createHash(hash).update(combined.transactionData).digest());
}

/** Signs as EMV Book 2 table 15: 6A 05 01 Ldd ‖ dynamic data ‖ BB… ‖ SHA-1 over this and the terminal's data ‖ BC. */
export function signerWith(key: TestKey): DynamicSigner {
  return (terminalData, dynamicNumber, combined) => {
    const dynamic = dynamicData('sha1', dynamicNumber, combined);
    const front = new Uint8Array(key.modulus.length - 22).fill(0xbb);
    front.set(concat(Uint8Array.of(0x05, 0x01, dynamic.length), dynamic));
    const hash = createHash('sha1').update(front).update(terminalData).digest();
    return key.sign(concat(Uint8Array.of(0x6a), front, hash, Uint8Array.of(0xbc)));
  };
}

/** Signs with SM2 (JR/T 0025.17): 15 ‖ length ‖ dynamic data ‖ signature over all this and the terminal's data. The hash in it is SM3. */
export function sm2SignerWith(key: TestSm2Key): DynamicSigner {
  return (terminalData, dynamicNumber, combined) => {
    const dynamic = dynamicData('sm3', dynamicNumber, combined);
    const signed = concat(Uint8Array.of(0x15, dynamic.length), dynamic);
    return concat(signed, key.sign(concat(signed, terminalData)));
  };
}

/** A forger that has one signature of the true card and plays it at every transaction: true key, other data. */
export function replayWith(key: TestKey): DynamicSigner {
  const sign = signerWith(key);
  return (terminalData, dynamicNumber, combined) => sign(new Uint8Array(terminalData.length), dynamicNumber, combined);
}
