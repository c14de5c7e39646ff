import {
  type RsaPublicKey,
  rsaPublicKey,
  rsaRecover,
  type Sm2VerifyingKey,
  sha1,
  sm2VerifyingKey,
  sm2VerifyWith,
} from '../crypto/index.ts';
import { type CivilDate, compareDates, concat, equalBytes, lastDayOf, toHex } from '../values/index.ts';
import { failed, type OdaFailure, type OdaObject } from './failure.ts';

/** A public key of the card's chain, ready for use. */
export type ChainKey = (
  | { readonly algorithm: 'rsa'; readonly key: RsaPublicKey }
  | { readonly algorithm: 'sm2'; readonly key: Sm2VerifyingKey }
) & {
  /** Of a key that is in a KeyCache: a hash over all that its certification rests on, up to the CA key. */
  readonly name?: string;
};

export type RecoveredKey = { readonly kind: 'recovered'; readonly key: ChainKey } | OdaFailure;

/** One kind of certificate: issuer and ICC certificates differ only in these. */
export interface CertificateForm {
  readonly object: OdaObject;
  /** Format byte in the RSA form (EMV Book 2, tables 6 and 14) and the SM2 form (JR/T 0025.17). */
  readonly format: { readonly rsa: number; readonly sm2: number };
  /** Bytes of whom it is for: issuer identifier or PAN. */
  readonly subjectLength: number;
}

/** The data objects of one certificate as the card gave them. */
export interface CertificateData {
  readonly certificate: Uint8Array | undefined;
  /** The modulus' rightmost bytes where the certificate has no room for them; RSA alone. */
  readonly remainder: Uint8Array | undefined;
  /** RSA alone. */
  readonly exponent: Uint8Array | undefined;
  /** What the signature covers beyond the certificate: nothing for the issuer's, static data for the ICC's. */
  readonly appended: Uint8Array;
}

/** A certificate whose signature has been verified. */
export interface Certificate {
  readonly kind: 'certificate';
  readonly subject: Uint8Array;
  /** MMYY, 2 bytes. */
  readonly expiry: Uint8Array;
  readonly key: ChainKey;
}

const NOTHING = new Uint8Array();
const HEADER = 0x6a;
const TRAILER = 0xbc;
const HASH_LENGTH = 20;
/** SHA-1, and RSA: the only values of the two indicators (EMV Book 2, annex B2 and B3). */
const RSA_INDICATOR = 0x01;
/** SM2 with SM3 (JR/T 0025.17 annex A). */
const SM2_INDICATOR = 0x04;
const SM2_POINT_LENGTH = 64;
const SM2_SIGNATURE_LENGTH = 64;

/** Recovers a signed block and checks its length, header, trailer and format (EMV Book 2, §5.3 to §6.5). */
export function recoverBlock(
  object: OdaObject,
  formats: readonly number[],
  signer: RsaPublicKey,
  signature: Uint8Array,
): { readonly kind: 'block'; readonly block: Uint8Array } | OdaFailure {
  if (signature.length !== signer.length) return failed(object, 'length');
  const block = rsaRecover(signer, signature);
  if (block === undefined || block[0] !== HEADER || block.at(-1) !== TRAILER || !formats.includes(block[1] ?? 0)) {
    return failed(object, 'form');
  }
  return { kind: 'block', block };
}

/** Is the block's hash that of what stands between its header and the hash, then of what is appended? */
export function isHashRight(block: Uint8Array, ...appended: readonly Uint8Array[]): boolean {
  const hashAt = block.length - 1 - HASH_LENGTH;
  return equalBytes(sha1(block.subarray(1, hashAt), ...appended), block.subarray(hashAt, -1));
}

/** The certified modulus: its left part from the certificate, then the remainder. Undefined when they do not fit. */
function joinModulus(field: Uint8Array, remainder: Uint8Array, length: number): Uint8Array | undefined {
  if (length <= field.length) return remainder.length === 0 ? field.subarray(0, length) : undefined;
  return remainder.length === length - field.length ? concat(field, remainder) : undefined;
}

function openRsa(form: CertificateForm, signer: RsaPublicKey, data: CertificateData): Certificate | OdaFailure {
  const { object, subjectLength } = form;
  const { certificate, exponent, remainder } = data;
  if (certificate === undefined || exponent === undefined) return failed(object, 'missing');
  const recovered = recoverBlock(object, [form.format.rsa], signer, certificate);
  if (recovered.kind === 'failed') return recovered;
  const body = recovered.block.subarray(2, -1 - HASH_LENGTH);
  // Expiry 2, serial 3, hash and key algorithm, key and exponent length, modulus.
  const fields = body.subarray(subjectLength);
  const field = fields.subarray(9);
  const length = fields[7] ?? 0;
  // Not yet verified, but enough to tell a card that withholds the remainder from one whose hash is wrong.
  if (remainder === undefined && length > field.length) return failed(object, 'missing');
  const rest = remainder ?? NOTHING;
  if (!isHashRight(recovered.block, rest, exponent, data.appended)) return failed(object, 'hash');
  if (fields[5] !== RSA_INDICATOR || fields[6] !== RSA_INDICATOR) return failed(object, 'algorithm');
  const modulus = joinModulus(field, rest, length);
  const key = modulus && fields[8] === exponent.length ? rsaPublicKey(modulus, exponent) : undefined;
  if (key === undefined) return failed(object, 'key');
  return {
    kind: 'certificate',
    subject: body.subarray(0, subjectLength),
    expiry: fields.subarray(0, 2),
    key: { algorithm: 'rsa', key },
  };
}

function openSm2(form: CertificateForm, signer: Sm2VerifyingKey, data: CertificateData): Certificate | OdaFailure {
  const { object, subjectLength } = form;
  const { certificate } = data;
  if (certificate === undefined) return failed(object, 'missing');
  const signedLength = 1 + subjectLength + 9 + SM2_POINT_LENGTH;
  if (certificate.length !== signedLength + SM2_SIGNATURE_LENGTH) return failed(object, 'length');
  if (certificate[0] !== form.format.sm2) return failed(object, 'form');
  const signed = concat(certificate.subarray(0, signedLength), data.appended);
  if (!sm2VerifyWith(signer, signed, certificate.subarray(signedLength))) return failed(object, 'signature');
  // Expiry 2, serial 3, signature and encryption algorithm, parameter, key length, point.
  const fields = certificate.subarray(1 + subjectLength, signedLength);
  if (fields[5] !== SM2_INDICATOR) return failed(object, 'algorithm');
  const key = fields[8] === SM2_POINT_LENGTH ? sm2VerifyingKey(fields.subarray(9)) : undefined;
  if (key === undefined) return failed(object, 'key');
  return {
    kind: 'certificate',
    subject: certificate.subarray(1, 1 + subjectLength),
    expiry: fields.subarray(0, 2),
    key: { algorithm: 'sm2', key },
  };
}

/** Verifies a certificate under its signer's key and takes the certified key out of it. Never throws on card data. */
export function openCertificate(
  form: CertificateForm,
  signer: ChainKey,
  data: CertificateData,
): Certificate | OdaFailure {
  return signer.algorithm === 'rsa' ? openRsa(form, signer.key, data) : openSm2(form, signer.key, data);
}

/** Is the certificate, valid through the last day of month MMYY, no longer so? What is no month has expired. */
export function hasExpired(expiry: Uint8Array, today: CivilDate): boolean {
  const mmyy = toHex(expiry);
  const lastDay = lastDayOf(mmyy.slice(2) + mmyy.slice(0, 2));
  return lastDay === undefined || compareDates(lastDay, today) < 0;
}
