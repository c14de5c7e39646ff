import { TAG } from '../dictionary/index.ts';
import {
  type CaKeys,
  type ChainKey,
  type KeyCache,
  type OdaFailure,
  recoverIccKey,
  recoverIssuerKey,
  staticDataToAuthenticate,
} from '../oda/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import type { CivilDate, Pan } from '../values/index.ts';
import type { ReadRecord } from './intent.ts';

/** What a card's certificates are judged by. */
export interface ChainFacts {
  readonly aid: Uint8Array;
  readonly aip: Uint8Array;
  readonly data: DataObjects;
  readonly pan: Pan;
  readonly date: CivilDate;
  readonly caKeys: CaKeys;
  readonly keyCache?: KeyCache | undefined;
}

const RID_LENGTH = 5;

/** The issuer's key (EMV Book 2, §5.3 and §6.3), under the CA key that 8F names. */
export function issuerKeyOf({ aid, data, pan, date, caKeys, keyCache }: ChainFacts): ChainKey | OdaFailure {
  const index = data.get(TAG.caKeyIndex);
  const recovered = recoverIssuerKey({
    ca: index?.length === 1 ? caKeys.find(aid.subarray(0, RID_LENGTH), index[0] ?? 0) : undefined,
    certificate: data.get(TAG.issuerCertificate),
    remainder: data.get(TAG.issuerKeyRemainder),
    exponent: data.get(TAG.issuerKeyExponent),
    pan,
    date,
    cache: keyCache,
  });
  return recovered.kind === 'recovered' ? recovered.key : recovered;
}

/** What the card's AFL marks for authentication. `records`: those alone, in its order. */
export function staticDataOf({ data, aip }: ChainFacts, records: readonly ReadRecord[]): Uint8Array | OdaFailure {
  const staticData = staticDataToAuthenticate({ records, tagList: data.get(TAG.staticDataTagList), aip });
  return staticData.kind === 'failed' ? staticData : staticData.bytes;
}

/** The card's own key (EMV Book 2, §6.4). `records`: as for `staticDataOf`. */
export function iccKeyOf(
  facts: ChainFacts,
  issuerKey: ChainKey,
  records: readonly ReadRecord[],
): ChainKey | OdaFailure {
  const staticData = staticDataOf(facts, records);
  if ('kind' in staticData) return staticData;
  const { data, pan, date, keyCache } = facts;
  const recovered = recoverIccKey({
    issuerKey,
    certificate: data.get(TAG.iccCertificate),
    remainder: data.get(TAG.iccKeyRemainder),
    exponent: data.get(TAG.iccKeyExponent),
    staticData,
    pan,
    date,
    cache: keyCache,
  });
  return recovered.kind === 'recovered' ? recovered.key : recovered;
}
