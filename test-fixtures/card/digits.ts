import { hex } from '../../emv/values/index.ts';

/** Digits in compressed numeric form: left-justified, filled with F to whole bytes. */
export const compressed = (digits: string): Uint8Array => hex(digits.length % 2 === 0 ? digits : `${digits}F`);

/** 57: PAN D YYMM, service code 201, filled with F to whole bytes. `expiry`: YYMMDD. */
export function track2(pan: string, expiry: string): Uint8Array {
  return compressed(`${pan}D${expiry.slice(0, 4)}201`);
}
