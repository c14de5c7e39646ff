import { equalBytes } from '../../../emv/values/index.ts';
import { responseCryptogram } from '../cryptogram.ts';
import { sessionKey } from '../keys.ts';
import { SW } from '../reaction.ts';
import { dataObject } from './data-objects.ts';
import { changed, type Here, inTransaction } from './here.ts';

/** 9F56 bit 8: a card that answers online must have heard from its issuer. */
export function isMandatory({ profile, memory }: Here): boolean {
  return profile.issuerAuthentication !== 'none' && ((dataObject(profile, memory, 0x9f56)?.[0] ?? 0) & 0x80) !== 0;
}

/** EXTERNAL AUTHENTICATE: ARPC 8 ‖ ARC 2 ‖ up to 6 bytes of the issuer's own; once in a transaction, between the two GENERATE AC. */
export const externalAuthenticate = inTransaction(({ p1, p2, data }, here) => {
  const { transaction, profile } = here;
  if (profile.issuerAuthentication !== 'external-authenticate') return { sw: SW.conditionsNotSatisfied };
  if (transaction.stage !== 'online' || transaction.issuerAuthentication !== 'none') {
    return { sw: SW.conditionsNotSatisfied };
  }
  if (p1 !== 0 || p2 !== 0) return { sw: SW.wrongParameters };
  if (data.length < 10 || data.length > 16) return { sw: SW.wrongLength };
  const issuerAuthentication = isOfIssuer(here, data) ? 'good' : 'failed';
  return {
    sw: issuerAuthentication === 'good' ? SW.ok : SW.authenticationFailed,
    ...changed(here, { transaction: { issuerAuthentication } }),
  };
});

/** Of a card that takes 91 with the second GENERATE AC: what it makes of it. Zeroes are no 91. */
export function authenticateIssuer(here: Here, data: Uint8Array): Here {
  if (here.profile.issuerAuthentication !== 'cdol2' || data.every((byte) => byte === 0)) return here;
  const issuerAuthentication = isOfIssuer(here, data) ? 'good' : 'failed';
  return { ...here, transaction: { ...here.transaction, issuerAuthentication } };
}

/** Is the ARPC (8 bytes) the issuer's for this ARQC and the ARC (2 bytes) behind it? */
function isOfIssuer({ algorithms, stored, transaction }: Here, data: Uint8Array): boolean {
  const { algorithm, acKey } = algorithms.cryptogram;
  const { cryptogram } = transaction;
  if (cryptogram === undefined) return false;
  const key = sessionKey(algorithm, acKey, stored.atc);
  return equalBytes(responseCryptogram(algorithm, key, cryptogram, data.subarray(8, 10)), data.subarray(0, 8));
}
