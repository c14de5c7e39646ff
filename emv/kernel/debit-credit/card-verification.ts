import { type CardVerificationResults, parseCvr } from '../../issuer/card-verification-results.ts';
import type { CardholderVerification } from '../outcome.ts';

/** 9F10 of PBOC: its fixed part of 7 bytes, in it the CVR of 3 (JR/T 0025.5). */
const [FIXED_LENGTH, CVR_LENGTH] = [7, 3];
const [CVR_LENGTH_AT, CVR_AT] = [3, 4];

/**
 * What the card says to its issuer of what it did (CVR in 9F10); undefined where 9F10 is none of PBOC's. What stands behind the
 * fixed part does not count: the cryptogram does not cover it, and whoever spoils it must not silence the CVR.
 */
function resultsOf(data: Uint8Array): CardVerificationResults | undefined {
  const isPboc = data.length > FIXED_LENGTH && data[0] === FIXED_LENGTH && data[CVR_LENGTH_AT] === CVR_LENGTH;
  return isPboc ? parseCvr(data.subarray(CVR_AT, CVR_AT + CVR_LENGTH)) : undefined;
}

/**
 * Does the CVR name another cryptogram than the CID does? The cryptogram covers the CVR and not the CID, so that a TC which
 * somebody calls an ARQC on its way would be approved by the host as well: two pots would pay. An AAC behind the host's word moves
 * nothing, and is believed.
 */
export function contradictsCid(
  issuerApplicationData: Uint8Array,
  type: 'aac' | 'tc' | 'arqc' | 'aar',
  which: 'first' | 'second',
): boolean {
  const results = resultsOf(issuerApplicationData);
  if (results === undefined || type === 'aar') return false;
  if (which === 'first') return results.firstDecision !== type;
  return type !== 'aac' && results.secondDecision !== type;
}

/**
 * Has somebody between terminal and card answered VERIFY in its place? Then the terminal believes in an offline PIN, and the
 * CVR knows of none, or of a wrong one. The issuer sees it; without the issuer the terminal must.
 */
export function deniesOfflinePin(issuerApplicationData: Uint8Array, verification: CardholderVerification): boolean {
  if (verification !== 'offline-pin' && verification !== 'offline-pin-and-signature') return false;
  const flags = resultsOf(issuerApplicationData)?.flags;
  return flags !== undefined && (!flags.has('offline-pin-performed') || flags.has('offline-pin-failed'));
}
