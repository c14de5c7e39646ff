import { createCipheriv } from 'node:crypto';
import { concat, hex, uintBytes } from '../../emv/values/index.ts';
import { type CardAlgorithm, CIPHERS, encipher } from './keys.ts';

/** Appends 80 and then zeroes up to a whole block; always at least the 80. */
function padded(data: Uint8Array, block: number): Uint8Array {
  const length = (Math.floor(data.length / block) + 1) * block;
  const whole = new Uint8Array(length);
  whole.set(data);
  whole[data.length] = 0x80;
  return whole;
}

/**
 * The MAC of the scheme, 8 bytes. 3DES: ISO 9797-1 algorithm 3 (single DES in CBC, the last block enciphered with both halves).
 * SM4: CBC, the left half of the last block. `key`: a session key of 16 bytes.
 */
export function mac(algorithm: CardAlgorithm, key: Uint8Array, data: Uint8Array): Uint8Array {
  const { block, cbc } = CIPHERS[algorithm];
  const whole = padded(data, block);
  // Single DES is two-key 3DES with both halves alike. SM4 uses its one key all along.
  const chainKey = algorithm === '3des' ? concat(key.subarray(0, 8), key.subarray(0, 8)) : key;
  const cipher = createCipheriv(cbc, chainKey, new Uint8Array(block)).setAutoPadding(false);
  const chained = concat(new Uint8Array(block), cipher.update(whole.subarray(0, -block)));
  const before = chained.subarray(-block);
  const last = whole.subarray(-block).map((byte, at) => byte ^ (before[at] ?? 0));
  return encipher(algorithm, key, last).slice(0, 8);
}

/** What the terminal sent and the card adds for a cryptogram: raw values of the tags named. */
export interface CryptogramData {
  /** 9F02, 6 bytes. */
  readonly amount: Uint8Array;
  /** 9F03 6 ‖ 9F1A 2 ‖ 95 5 ‖ 5F2A 2 ‖ 9A 3 ‖ 9C 1. */
  readonly terminal: Uint8Array;
  /** 9F37, 4 bytes. */
  readonly unpredictableNumber: Uint8Array;
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  readonly atc: number;
  /** Card verification results with their length: 03 and 3 bytes. */
  readonly cvr: Uint8Array;
}

/** 9F26, 8 bytes. `version`: cryptogram version number 01 (JR/T 0025.5) or 17 (JR/T 0025.12 annex E). `key`: session key. */
export function applicationCryptogram(
  algorithm: CardAlgorithm,
  version: 1 | 17,
  key: Uint8Array,
  data: CryptogramData,
): Uint8Array {
  const { amount, terminal, unpredictableNumber, aip, cvr } = data;
  const atc = uintBytes(data.atc, 2);
  const covered =
    version === 1
      ? concat(amount, terminal, unpredictableNumber, aip, atc, cvr)
      : concat(amount, unpredictableNumber, atc, cvr.subarray(1, 2));
  return mac(algorithm, key, covered);
}

/**
 * Issuer discretionary data of type 01 with its length: 0A ‖ 01 ‖ balance (the low 5 of 6 n12 bytes) ‖ the left 4 bytes of the
 * MAC over ATC ‖ balance ‖ 00. `key`: the session key of the MAC key.
 */
export function balanceData(
  algorithm: CardAlgorithm,
  key: Uint8Array,
  atc: number,
  balanceBytes: Uint8Array,
): Uint8Array {
  const low = balanceBytes.subarray(1);
  const signed = mac(algorithm, key, concat(uintBytes(atc, 2), low, Uint8Array.of(0x00)));
  return concat(hex('0A01'), low, signed.subarray(0, 4));
}

/** ARPC, 8 bytes: the cryptogram xor (ARC ‖ zeroes) enciphered under its session key. `code`: ARC, 2 bytes. */
export function responseCryptogram(
  algorithm: CardAlgorithm,
  key: Uint8Array,
  cryptogram: Uint8Array,
  code: Uint8Array,
): Uint8Array {
  const block = new Uint8Array(CIPHERS[algorithm].block);
  block.set(cryptogram);
  code.forEach((byte, at) => {
    block[at] = (block[at] ?? 0) ^ byte;
  });
  return encipher(algorithm, key, block).slice(0, 8);
}
