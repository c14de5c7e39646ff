import { TAG } from '../dictionary/index.ts';
import { type CaKeys, type ChainKey, recoverIccKey, recoverIssuerKey, staticDataToAuthenticate } from '../oda/index.ts';
import type { CivilDate, Pan } from '../values/index.ts';
import type { Records } from './records.ts';
import type { CardAuthentication, InspectedRecord } from './report.ts';

const RID_LENGTH = 5;

export interface AuthenticationInput {
  readonly aid: Uint8Array;
  readonly pan: Pan | undefined;
  readonly aip: Uint8Array | undefined;
  readonly data: ReadonlyMap<number, Uint8Array>;
  readonly records: Records;
  readonly caKeys: CaKeys;
  readonly date: CivilDate;
}

/** What the card's certificate may cover: what the AFL says, else nothing or one of the records, which the hash will tell. */
function coverings({ read, authenticated }: Records): readonly (readonly InspectedRecord[])[] {
  return authenticated !== undefined ? [authenticated] : [...read.map((record) => [record]), []];
}

/** Without an AIP of the card's, the usual ones of PBOC: the hash tells which. */
const USUAL_AIPS = [Uint8Array.of(0x7c, 0x00), Uint8Array.of(0x7d, 0x00), Uint8Array.of(0x7c, 0x80)];

function cardKey(
  input: AuthenticationInput & { readonly pan: Pan },
  issuer: ChainKey,
): ReturnType<typeof recoverIccKey> {
  const { aip, data, records, pan, date } = input;
  let result: ReturnType<typeof recoverIccKey> = { kind: 'failed', object: 'icc-certificate', check: 'missing' };
  for (const covered of coverings(records)) {
    for (const value of aip ? [aip] : USUAL_AIPS) {
      const statics = staticDataToAuthenticate({
        records: covered,
        tagList: data.get(TAG.staticDataTagList),
        aip: value,
      });
      if (statics.kind === 'failed') {
        result = statics;
        continue;
      }
      result = recoverIccKey({
        issuerKey: issuer,
        certificate: data.get(TAG.iccCertificate),
        remainder: data.get(TAG.iccKeyRemainder),
        exponent: data.get(TAG.iccKeyExponent),
        staticData: statics.bytes,
        pan,
        date,
      });
      const isOver = result.kind === 'recovered' || (result.check !== 'hash' && result.check !== 'signature');
      if (isOver) return result;
    }
  }
  return result;
}

/** Follows the card's certificates from the CA key (EMV Book 2, §6.3 and §6.4). Nothing is asked of the card. */
export function authenticateCard(input: AuthenticationInput): CardAuthentication {
  const { aid, pan, data, records, caKeys, date } = input;
  const index = data.get(TAG.caKeyIndex);
  const certificate = data.get(TAG.issuerCertificate);
  if (index?.length !== 1 || certificate === undefined || pan === undefined) return { kind: 'none' };
  const [caKeyIndex = 0] = index;
  const issuer = recoverIssuerKey({
    ca: caKeys.find(aid.subarray(0, RID_LENGTH), caKeyIndex),
    certificate,
    remainder: data.get(TAG.issuerKeyRemainder),
    exponent: data.get(TAG.issuerKeyExponent),
    pan,
    date,
  });
  if (issuer.kind === 'failed') return { kind: 'failed', caKeyIndex, failure: issuer };
  const { algorithm: issuerAlgorithm } = issuer.key;
  const card = cardKey({ ...input, pan }, issuer.key);
  if (card.kind === 'recovered') {
    return { kind: 'certificates-genuine', caKeyIndex, issuerAlgorithm, cardAlgorithm: card.key.algorithm };
  }
  const isGuess = records.authenticated === undefined && (card.check === 'hash' || card.check === 'signature');
  if (isGuess || card.check === 'missing') return { kind: 'issuer-genuine', caKeyIndex, issuerAlgorithm };
  return { kind: 'failed', caKeyIndex, failure: card };
}
