import type { CivilDate, Pan } from '../values/index.ts';
import type { ChainKey, RecoveredKey } from './certificate.ts';
import { failed } from './failure.ts';
import { openIccCertificate } from './icc-certificate.ts';

/**
 * The card's key for PIN encipherment from its own certificate (EMV Book 2, §7.1): as `recoverIccKey`, but the certificate
 * covers no static data. `certificate` is tag 9F2D, `exponent` 9F2E, `remainder` 9F2F, each as the card gave it or
 * undefined. RSA alone: JR/T 0025.17 enciphers no PIN under SM2. Never throws on card data.
 */
export function recoverPinKey(input: {
  readonly issuerKey: ChainKey;
  readonly certificate: Uint8Array | undefined;
  readonly remainder: Uint8Array | undefined;
  readonly exponent: Uint8Array | undefined;
  readonly pan: Pan;
  readonly date: CivilDate;
}): RecoveredKey {
  if (input.issuerKey.algorithm !== 'rsa') return failed('pin-certificate', 'not-supported');
  return openIccCertificate('pin-certificate', { ...input, appended: new Uint8Array() });
}
