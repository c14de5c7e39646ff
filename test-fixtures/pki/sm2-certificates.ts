import { concat, hex } from '../../emv/values/index.ts';
import type { TestSm2Key } from './sm2-key.ts';

/** SM2 with SM3 (04), no encryption algorithm (00), the curve's parameters (11), a key of 64 bytes (40). */
const KEY_HEAD = hex('04001140');

/**
 * Certifies an issuer's SM2 key (JR/T 0025.17): `12 ‖ identifier 4 ‖ MMYY ‖ serial 3 ‖ key head ‖ key 64 ‖ signature 64`, 142
 * bytes. `issuerId`: 3 to 8 digits; `expiry`: MMYY; `serial`: 3 bytes. Nothing of the key is left over.
 */
export function certifyIssuerSm2(parts: {
  ca: TestSm2Key;
  issuer: TestSm2Key;
  issuerId: string;
  expiry: string;
  serial: Uint8Array;
}): Uint8Array {
  const { ca, issuer, issuerId, expiry, serial } = parts;
  const identifier = hex(issuerId.padEnd(8, 'F'));
  const signed = concat(Uint8Array.of(0x12), identifier, hex(expiry), serial, KEY_HEAD, issuer.point);
  return concat(signed, ca.sign(signed));
}

/**
 * Certifies a card's SM2 key: `14 ‖ PAN 10 ‖ MMYY ‖ serial 3 ‖ key head ‖ key 64 ‖ signature 64`, 148 bytes. The signature goes on
 * over `covered`: the values of the signed records' templates, then the AIP where 9F4A names it.
 */
export function certifyCardSm2(parts: {
  issuer: TestSm2Key;
  card: TestSm2Key;
  pan: string;
  expiry: string;
  serial: Uint8Array;
  covered: Uint8Array;
}): Uint8Array {
  const { issuer, card, pan, expiry, serial, covered } = parts;
  const digits = hex(pan.padEnd(20, 'F'));
  const signed = concat(Uint8Array.of(0x14), digits, hex(expiry), serial, KEY_HEAD, card.point);
  return concat(signed, issuer.sign(concat(signed, covered)));
}

/**
 * Signs static data for SDA: 93, `13 ‖ data authentication code 2 ‖ signature 64`, 67 bytes. The signature goes on over `covered`, as
 * in certifyCardSm2.
 */
export function signStaticDataSm2(parts: {
  issuer: TestSm2Key;
  authenticationCode: Uint8Array;
  covered: Uint8Array;
}): Uint8Array {
  const { issuer, authenticationCode, covered } = parts;
  const signed = concat(Uint8Array.of(0x13), authenticationCode);
  return concat(signed, issuer.sign(concat(signed, covered)));
}
