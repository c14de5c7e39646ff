import { concat, uintBytes } from '../values/index.ts';
import { cbcResidue, tripleDes } from './block-cipher.ts';
import { padded } from './padding.ts';
import { assertLength } from './plain-bytes.ts';

const MAC_LENGTH = 4;
/** Stands in a load where a purchase has its terminal's number. */
const LOAD_MARK = Uint8Array.of(0x80, 0x00);

/**
 * Card key of an electronic purse (DPK, DLK, DTK), 16 bytes, from the master key of that purpose (16 bytes): X ‖ ~X
 * enciphered under triple DES, X being the rightmost 8 bytes of the application serial number (JR/T 0025.2, purse; the
 * usual scheme). Parity bits stay as they come: DES does not look at them.
 */
export function purseCardKey(masterKey: Uint8Array, diversifier: Uint8Array): Uint8Array {
  assertLength('diversifier', diversifier, 8);
  return tripleDes.encrypt(
    masterKey,
    concat(
      diversifier,
      diversifier.map((byte) => byte ^ 0xff),
    ),
  );
}

function processKey(key: Uint8Array, random: Uint8Array, sequence: number, tail: Uint8Array): Uint8Array {
  assertLength('random', random, 4);
  return tripleDes.encrypt(key, concat(random, uintBytes(sequence, 2), tail));
}

/**
 * Session key of a purchase (SESPK), 8 bytes: the card's random number (4 bytes), its offline sequence number and the low
 * two bytes of the terminal's number, enciphered under the purchase key (DPK, 16 bytes).
 */
export function pursePurchaseKey(
  purchaseKey: Uint8Array,
  random: Uint8Array,
  offlineSequence: number,
  terminalSequence: number,
): Uint8Array {
  return processKey(purchaseKey, random, offlineSequence, uintBytes(terminalSequence, 4).subarray(2));
}

/** Session key of a load (SESLK), 8 bytes, under the load key (DLK, 16 bytes): as a purchase's, with 8000 at its end. */
export function purseLoadKey(loadKey: Uint8Array, random: Uint8Array, onlineSequence: number): Uint8Array {
  return processKey(loadKey, random, onlineSequence, LOAD_MARK);
}

/** MAC1, MAC2 or TAC: the left 4 bytes of the single DES CBC-MAC with padding 80. `key`: 8 bytes. */
export function purseMac(key: Uint8Array, data: Uint8Array): Uint8Array {
  assertLength('key', key, 8);
  const twice = concat(key, key);
  try {
    return cbcResidue('3des', twice, padded(data, 8)).slice(0, MAC_LENGTH);
  } finally {
    twice.fill(0);
  }
}

/** Transaction authentication code, 4 bytes, under both halves of the TAC key (DTK, 16 bytes) added up. */
export function purseTac(tacKey: Uint8Array, data: Uint8Array): Uint8Array {
  assertLength('key', tacKey, 16);
  const folded = new Uint8Array(8).map((_, at) => (tacKey[at] ?? 0) ^ (tacKey[at + 8] ?? 0));
  try {
    return purseMac(folded, data);
  } finally {
    folded.fill(0);
  }
}
