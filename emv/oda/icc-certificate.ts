import { type CivilDate, type Pan, parseCompressedNumeric } from '../values/index.ts';
import {
  type CertificateData,
  type CertificateForm,
  type ChainKey,
  hasExpired,
  openCertificate,
  type RecoveredKey,
} from './certificate.ts';
import { failed, type OdaObject } from './failure.ts';
import type { KeyCache } from './key-cache.ts';

/** The card's two certificates have one form (EMV Book 2, tables 14 and 23). */
const form = <O extends OdaObject>(object: O) =>
  ({ object, format: { rsa: 0x04, sm2: 0x14 }, subjectLength: 10 }) satisfies CertificateForm;
const FORMS = { 'icc-certificate': form('icc-certificate'), 'pin-certificate': form('pin-certificate') } as const;

/** Verifies one of the card's certificates and takes its key. */
export function openIccCertificate(
  object: keyof typeof FORMS,
  input: CertificateData & {
    readonly issuerKey: ChainKey;
    readonly pan: Pan;
    readonly date: CivilDate;
    readonly cache?: KeyCache | undefined;
  },
): RecoveredKey {
  const { issuerKey, cache } = input;
  const opened = cache ? cache.open(FORMS[object], issuerKey, input) : openCertificate(FORMS[object], issuerKey, input);
  if (opened.kind === 'failed') return opened;
  if (parseCompressedNumeric(opened.subject) !== input.pan.reveal()) return failed(object, 'pan');
  if (hasExpired(opened.expiry, input.date)) return failed(object, 'expired');
  return { kind: 'recovered', key: opened.key };
}

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
  // Field by field: to spread an object and add to it costs as much as a hash.
  const data = { issuerKey, certificate, remainder, exponent, appended: staticData, pan, date, cache };
  return openIccCertificate('icc-certificate', data);
}
