import type { RsaPublicKey } from '../crypto/index.ts';
import { TAG } from '../dictionary/index.ts';
import { type ChainKey, recoverPinKey } from '../oda/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import type { CivilDate, Pan } from '../values/index.ts';

const rsaOf = (key: ChainKey | undefined): RsaPublicKey | undefined => (key?.algorithm === 'rsa' ? key.key : undefined);

/**
 * Under which key a PIN goes to this card enciphered (EMV Book 2, §7.1): the PIN key where the card has one (9F2D, 9F2E,
 * 9F2F), else the ICC key. `issuer` and `icc` are the chain's keys as far as they have been recovered. Undefined where there
 * is none; a PIN certificate that does not verify is not made good by the ICC key. Never throws on card data.
 */
export function pinEnciphermentKey(
  card: DataObjects,
  chain: { readonly issuer?: ChainKey; readonly icc?: ChainKey },
  pan: Pan,
  date: CivilDate,
): RsaPublicKey | undefined {
  const certificate = card.get(TAG.pinCertificate);
  const exponent = card.get(TAG.pinKeyExponent);
  if (certificate === undefined || exponent === undefined) return rsaOf(chain.icc);
  if (chain.issuer === undefined) return undefined;
  const remainder = card.get(TAG.pinKeyRemainder);
  const recovered = recoverPinKey({ issuerKey: chain.issuer, certificate, exponent, remainder, pan, date });
  return recovered.kind === 'recovered' ? rsaOf(recovered.key) : undefined;
}
