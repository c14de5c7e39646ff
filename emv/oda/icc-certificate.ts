import { type CivilDate, type Pan, parseCompressedNumeric } from '../values/index.ts';
import { type CertificateForm, type ChainKey, hasExpired, openCertificate, type RecoveredKey } from './certificate.ts';
import { failed } from './failure.ts';
import type { KeyCache } from './key-cache.ts';

const FORM: CertificateForm = {
  object: 'icc-certificate',
  format: { rsa: 0x04, sm2: 0x14 },
  subjectLength: 10,
};

/**
 * The card's own public key from its certificate (EMV Book 2, §6.4; JR/T 0025.7; the SM2 form JR/T 0025.17).
 * `certificate` is tag 9F46, `remainder` 9F48, `exponent` 9F47 (the last two RSA alone), each as the card gave it or
 * undefined; `staticData` comes from `staticDataToAuthenticate`, `pan` from 5A or track 2. With a `cache`
 * (the one that `issuerKey` was recovered with), what was recovered before is not recovered again, and judged anew. Never
 * throws on card data.
 */
export function recoverIccKey(input: {
  readonly issuerKey: ChainKey;
  readonly certificate: Uint8Array | undefined;
  readonly remainder: Uint8Array | undefined;
  readonly exponent: Uint8Array | undefined;
  readonly staticData: Uint8Array;
  readonly pan: Pan;
  readonly date: CivilDate;
  readonly cache?: KeyCache | undefined;
}): RecoveredKey {
  const { issuerKey, certificate, remainder, exponent, staticData, pan, date, cache } = input;
  const data = { certificate, remainder, exponent, appended: staticData };
  const opened = cache === undefined ? openCertificate(FORM, issuerKey, data) : cache.open(FORM, issuerKey, data);
  if (opened.kind === 'failed') return opened;
  if (parseCompressedNumeric(opened.subject) !== pan.reveal()) return failed('icc-certificate', 'pan');
  if (hasExpired(opened.expiry, date)) return failed('icc-certificate', 'expired');
  return { kind: 'recovered', key: opened.key };
}
