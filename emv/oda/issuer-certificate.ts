import { rsaPublicKey, sm2VerifyingKey } from '../crypto/index.ts';
import { type CivilDate, type Pan, parseCompressedNumeric } from '../values/index.ts';
import type { CaPublicKey } from './ca-keys.ts';
import { type CertificateForm, type ChainKey, hasExpired, openCertificate, type RecoveredKey } from './certificate.ts';
import { failed } from './failure.ts';

const FORM: CertificateForm = {
  object: 'issuer-certificate',
  format: { rsa: 0x02, sm2: 0x12 },
  subjectLength: 4,
};

function caHasExpired({ expiry }: CaPublicKey, { year, month, day }: CivilDate): boolean {
  const today = String(year * 10_000 + month * 100 + day);
  return expiry !== undefined && expiry < today;
}

function chainKey(ca: CaPublicKey): ChainKey | undefined {
  if (ca.algorithm === 'sm2') {
    const key = sm2VerifyingKey(ca.point);
    return key && { algorithm: 'sm2', key };
  }
  const key = rsaPublicKey(ca.modulus, ca.exponent);
  return key && { algorithm: 'rsa', key };
}

/** The first 3 to 8 digits of the PAN, padded with F. */
function isIssuerOf(identifier: Uint8Array, pan: Pan): boolean {
  const digits = parseCompressedNumeric(identifier);
  return digits !== undefined && digits.length >= 3 && pan.reveal().startsWith(digits);
}

/**
 * The issuer's public key from its certificate (EMV Book 2, §5.3 and §6.3; JR/T 0025.7; the SM2 form JR/T 0025.17).
 * Which form it is, the CA key says. `certificate` is tag 90, `remainder` 92, `exponent` 9F32 (the last two RSA alone),
 * each as the card gave it or undefined; `date` is today at the terminal. Never throws on card data.
 */
export function recoverIssuerKey(input: {
  readonly ca: CaPublicKey | undefined;
  readonly certificate: Uint8Array | undefined;
  readonly remainder: Uint8Array | undefined;
  readonly exponent: Uint8Array | undefined;
  readonly pan: Pan;
  readonly date: CivilDate;
}): RecoveredKey {
  const { ca, certificate, remainder, exponent, pan, date } = input;
  if (ca === undefined) return failed('ca-key', 'unknown');
  if (caHasExpired(ca, date)) return failed('ca-key', 'expired');
  const signer = chainKey(ca);
  if (signer === undefined) return failed('ca-key', 'key');
  const opened = openCertificate(FORM, signer, { certificate, remainder, exponent, appended: new Uint8Array() });
  if (opened.kind === 'failed') return opened;
  if (!isIssuerOf(opened.subject, pan)) return failed('issuer-certificate', 'issuer-identifier');
  if (hasExpired(opened.expiry, date)) return failed('issuer-certificate', 'expired');
  return { kind: 'recovered', key: opened.key };
}
