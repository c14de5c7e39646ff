import { createHash } from 'node:crypto';
import { concat, hex } from '../../emv/values/index.ts';
import type { TestKey } from './test-key.ts';

/** A public key certificate as a card carries it. */
export interface Certificate {
  /** 90 or 9F46: as long as the signer's modulus. */
  readonly certificate: Uint8Array;
  /** 92 or 9F48: what of the modulus did not fit; empty when all of it did. */
  readonly remainder: Uint8Array;
  /** 9F32 or 9F47. */
  readonly exponent: Uint8Array;
}

/** Certifies an issuer's key (EMV Book 2 table 2). `issuerId`: 3 to 8 digits; `expiry`: MMYY; `serial`: 3 bytes. */
export function certifyIssuer(parts: {
  ca: TestKey;
  issuer: TestKey;
  issuerId: string;
  expiry: string;
  serial: Uint8Array;
}): Certificate {
  const { ca, issuer, issuerId, expiry, serial } = parts;
  const head = concat(Uint8Array.of(0x02), digits(issuerId, 4), hex(expiry), serial);
  return certify({ signer: ca, subject: issuer, head, covered: new Uint8Array() });
}

/**
 * Certifies a card's key (EMV Book 2 table 6). `covered`: the static data to be authenticated: the values of the signed
 * records' templates, then the AIP where 9F4A names it.
 */
export function certifyCard(parts: {
  issuer: TestKey;
  card: TestKey;
  pan: string;
  expiry: string;
  serial: Uint8Array;
  covered: Uint8Array;
}): Certificate {
  const { issuer, card, pan, expiry, serial, covered } = parts;
  const head = concat(Uint8Array.of(0x04), digits(pan, 10), hex(expiry), serial);
  return certify({ signer: issuer, subject: card, head, covered });
}

/**
 * Signs static data for SDA (EMV Book 2 table 3): 93, as long as the issuer's modulus. `covered` as in certifyCard;
 * `authenticationCode`: the data authentication code, 2 bytes.
 */
export function signStaticData(parts: {
  issuer: TestKey;
  authenticationCode: Uint8Array;
  covered: Uint8Array;
}): Uint8Array {
  const { issuer, authenticationCode, covered } = parts;
  const front = new Uint8Array(issuer.modulus.length - 22).fill(0xbb);
  front.set(concat(Uint8Array.of(0x03, 0x01), authenticationCode));
  const hash = createHash('sha1').update(concat(front, covered)).digest();
  return issuer.sign(concat(Uint8Array.of(0x6a), front, hash, Uint8Array.of(0xbc)));
}

/** 6A ‖ head ‖ algorithms and lengths ‖ as much of the modulus as fits, padded with BB ‖ SHA-1 ‖ BC, then signed. */
function certify(parts: { signer: TestKey; subject: TestKey; head: Uint8Array; covered: Uint8Array }): Certificate {
  const { signer, subject, head, covered } = parts;
  const { modulus, exponent } = subject;
  // Hash algorithm 01: SHA-1; public key algorithm 01: RSA.
  const front = concat(head, Uint8Array.of(0x01, 0x01, modulus.length, exponent.length));
  const room = signer.modulus.length - front.length - 22;
  const leftmost = new Uint8Array(room).fill(0xbb);
  leftmost.set(modulus.subarray(0, room));
  const remainder = modulus.slice(room);
  const hash = createHash('sha1')
    .update(concat(front, leftmost, remainder, exponent, covered))
    .digest();
  const block = concat(Uint8Array.of(0x6a), front, leftmost, hash, Uint8Array.of(0xbc));
  return { certificate: signer.sign(block), remainder, exponent };
}

/** Digits in a field of `length` bytes, left-justified, filled with F. */
function digits(text: string, length: number): Uint8Array {
  return hex(text.padEnd(length * 2, 'F'));
}
