import { concat, equalBytes } from '../../../emv/values/index.ts';
import { CIPHERS, decipher, sessionKey } from '../keys.ts';
import { SW } from '../reaction.ts';
import type { Here } from './here.ts';
import { digitsOf } from './pin-block.ts';
import { scriptCommand } from './script.ts';

/*
 * From memory of JR/T 0025.5 (the sheet of facts names the command alone): how the new PIN is wrapped. 08 ‖ PIN block 8 ‖ 80 00…,
 * enciphered under the session key of the ENC key. The PIN block is 0L PP… FF xor (00000000 ‖ bytes 5 to 8 of the card's AC key), with
 * P2 = 01 also xor the present PIN (its digits, then zeroes).
 */
const UNBLOCK = 0x00;
const CHANGE_WITH_PRESENT_PIN = 0x01;
const CHANGE = 0x02;

/** PIN CHANGE/UNBLOCK: gives all tries back, and with P2 01 or 02 sets another PIN. */
export const pinChange = scriptCommand(({ p1, p2, data }, here) => {
  if (p1 !== 0 || p2 > CHANGE) return { sw: SW.wrongParameters };
  const stored = { pinTries: here.profile.pinTryLimit };
  if (p2 === UNBLOCK) return data.length > 0 ? { sw: SW.wrongLength } : { changes: { stored } };
  const { algorithm } = here.algorithms.cryptogram;
  if (data.length === 0 || data.length % CIPHERS[algorithm].block !== 0) return { sw: SW.wrongLength };
  const pin = newPin(here, data, p2 === CHANGE_WITH_PRESENT_PIN ? here.memory.pin : '');
  return pin === undefined ? { sw: SW.wrongData } : { changes: { stored, memory: { pin } } };
});

function newPin({ algorithms, stored }: Here, data: Uint8Array, present: string): string | undefined {
  const { algorithm, acKey } = algorithms.cryptogram;
  const plain = decipher(algorithm, sessionKey(algorithm, algorithms.encKey, stored.atc), data);
  const padding = plain.subarray(9);
  const wellFormed =
    plain[0] === 8 && padding[0] === 0x80 && equalBytes(padding.subarray(1), new Uint8Array(padding.length - 1));
  if (!wellFormed) return undefined;
  const mask = concat(new Uint8Array(4), acKey.subarray(4, 8));
  const digits = Uint8Array.from(present.padEnd(16, '0').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return digitsOf(plain.subarray(1, 9).map((byte, at) => byte ^ (mask[at] ?? 0) ^ (digits[at] ?? 0)));
}
