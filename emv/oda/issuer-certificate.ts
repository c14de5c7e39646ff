import { type CivilDate, type Pan, parseCompressedNumeric } from '../values/index.ts';
import { type CaPublicKey, caHasExpired } from './ca-keys.ts';
import { type CertificateForm, hasExpired, openCertificate, type RecoveredKey } from './certificate.ts';
import { failed } from './failure.ts';
import { chainKeyOf, type KeyCache } from './key-cache.ts';

const FORM: CertificateForm = {
  object: 'issuer-certificate',
  format: { rsa: 0x02, sm2: 0x12 },
  subjectLength: 4,
};
const NOTHING = new Uint8Array();

/** The first 3 to 8 digits of the PAN, padded with F. */
function isIssuerOf(identifier: Uint8Array, pan: Pan): boolean {
  const digits = parseCompressedNumeric(identifier);
  return digits !== undefined && digits.length >= 3 && pan.reveal().startsWith(digits);
}

/**
 * The issuer's public key from its certificate (EMV Book 2, §5.3 and §6.3; JR/T 0025.7; the SM2 form JR/T 0025.17).
 * Which form it is, the CA key says. `certificate` is tag 90, `remainder` 92, `exponent` 9F32 (the last two RSA alone),
 * each as the card gave it or undefined; `date` is today at the terminal. With a `cache`, what was recovered before is
 * not recovered again, and judged anew. Never throws on card data.
 */
export function recoverIssuerKey(input: {
  readonly ca: CaPublicKey | undefined;
  readonly certificate: Uint8Array | undefined;
  readonly remainder: Uint8Array | undefined;
  readonly exponent: Uint8Array | undefined;
  readonly pan: Pan;
  readonly date: CivilDate;
  readonly cache?: KeyCache | undefined;
}): RecoveredKey {
  const { ca, certificate, remainder, exponent, pan, date, cache } = input;
  if (ca === undefined) return failed('ca-key', 'unknown');
  if (caHasExpired(ca, date)) return failed('ca-key', 'expired');
  const signer = cache === undefined ? chainKeyOf(ca) : cache.root(ca);
  if (signer === undefined) return failed('ca-key', 'key');
  const data = { certificate, remainder, exponent, appended: NOTHING };
  const opened = cache === undefined ? openCertificate(FORM, signer, data) : cache.open(FORM, signer, data);
  if (opened.kind === 'failed') return opened;
  if (!isIssuerOf(opened.subject, pan)) return failed('issuer-certificate', 'issuer-identifier');
  if (hasExpired(opened.expiry, date)) return failed('issuer-certificate', 'expired');
  return { kind: 'recovered', key: opened.key };
}
