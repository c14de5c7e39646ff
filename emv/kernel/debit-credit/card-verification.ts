import { parseIssuerApplicationData } from '../../issuer/index.ts';
import type { CardholderVerification } from '../outcome.ts';

type Parsed = ReturnType<typeof parseIssuerApplicationData>;
type Results = Extract<Parsed, { kind: 'parsed' }>['iad']['cvr'];

/** What the card says to its issuer of what it did (CVR in 9F10); undefined where 9F10 is none of PBOC's. */
function resultsOf(issuerApplicationData: Uint8Array): Results | undefined {
  const parsed = parseIssuerApplicationData(issuerApplicationData);
  return parsed.kind === 'parsed' ? parsed.iad.cvr : undefined;
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
