import { isBitSet, TAG } from '../dictionary/index.ts';
import {
  type ChainKey,
  type OdaFailure,
  recoverIccKey,
  recoverIssuerKey,
  staticDataToAuthenticate,
  verifyFdda,
} from '../oda/index.ts';
import type { ReadingPlan } from './afl.ts';
import { keepsToAlgorithms } from './algorithm-selection.ts';
import type { ReadRecord } from './intent.ts';
import type { DeclineReason, OfflineAuthentication } from './outcome.ts';
import { type Tap, toldValue, ttqOf } from './tap.ts';

/** The keys of the card's chain, as far as its certificates have been read. */
export interface ChainKeys {
  readonly issuer?: ChainKey;
  readonly icc?: ChainKey;
}

export type Authentication =
  | { readonly kind: 'keys'; readonly keys: ChainKeys }
  | { readonly kind: 'failed'; readonly reason: DeclineReason };

const RID_LENGTH = 5;

/** What a cashier is told: a key that is not there can be loaded, a card that is not genuine cannot be mended. */
function failedWith(failure: OdaFailure): { readonly kind: 'failed'; readonly reason: DeclineReason } {
  return { kind: 'failed', reason: failure.object === 'ca-key' ? 'unknown-ca-key' : 'not-genuine' };
}

const isPending = (failure: OdaFailure, more: boolean): boolean => more && failure.check === 'missing';

function issuerKey(tap: Tap, more: boolean): ChainKey | OdaFailure | undefined {
  const { data, pan } = tap.answer;
  const index = data.get(TAG.caKeyIndex);
  if (index === undefined && more) return undefined;
  const rid = tap.application.aid.subarray(0, RID_LENGTH);
  const ca = index?.length === 1 ? tap.input.caKeys.find(rid, index[0] ?? 0) : undefined;
  const recovered = recoverIssuerKey({
    ca,
    certificate: data.get(TAG.issuerCertificate),
    remainder: data.get(TAG.issuerKeyRemainder),
    exponent: data.get(TAG.issuerKeyExponent),
    pan,
    date: tap.date,
    cache: tap.input.keyCache,
  });
  if (recovered.kind === 'recovered') return recovered.key;
  return isPending(recovered, more) ? undefined : recovered;
}

function iccKey(
  tap: Tap,
  issuer: ChainKey,
  records: readonly ReadRecord[],
  plan: ReadingPlan,
  more: boolean,
): ChainKey | OdaFailure | undefined {
  const { data, pan, aip } = tap.answer;
  if (more && plan.last.authenticated) return undefined;
  const staticData = staticDataToAuthenticate({
    records: records.filter((_, at) => (plan.before[at] ?? plan.last).authenticated),
    tagList: data.get(TAG.staticDataTagList),
    aip,
  });
  if (staticData.kind === 'failed') return staticData;
  const recovered = recoverIccKey({
    issuerKey: issuer,
    certificate: data.get(TAG.iccCertificate),
    remainder: data.get(TAG.iccKeyRemainder),
    exponent: data.get(TAG.iccKeyExponent),
    staticData: staticData.bytes,
    pan,
    date: tap.date,
    cache: tap.input.keyCache,
  });
  if (recovered.kind === 'recovered') return recovered.key;
  return isPending(recovered, more) ? undefined : recovered;
}

/**
 * Recovers issuer and ICC key (EMV Book 2, §6.3 and §6.4) as far as `records` allow. With `more`, the last record is still
 * to come: what is missing may be in it and is no failure yet, but everything that is there must be right.
 */
export function recoverKeys(
  tap: Tap,
  plan: ReadingPlan,
  records: readonly ReadRecord[],
  known: ChainKeys,
  more: boolean,
): Authentication {
  // Without dynamic authentication (AIP byte 1 bit 6) nobody could tell a card from its copy.
  if (!isBitSet(tap.answer.aip, 1, 6)) return { kind: 'failed', reason: 'not-genuine' };
  const issuer = known.issuer ?? issuerKey(tap, more);
  if (issuer === undefined) return { kind: 'keys', keys: known };
  if ('kind' in issuer) return failedWith(issuer);
  if (!keepsToAlgorithms(tap, issuer)) return { kind: 'failed', reason: 'card-error' };
  const icc = known.icc ?? iccKey(tap, issuer, records, plan, more);
  if (icc === undefined) return { kind: 'keys', keys: { issuer } };
  return 'kind' in icc ? failedWith(icc) : { kind: 'keys', keys: { issuer, icc } };
}

/** Fast DDA (JR/T 0025.12-2013 annex B): did this card sign this payment? */
export function authenticate(
  tap: Tap,
  icc: ChainKey,
):
  | { readonly kind: 'genuine'; readonly version: OfflineAuthentication }
  | { readonly kind: 'failed'; readonly reason: DeclineReason } {
  const { data, aip, ctq } = tap.answer;
  const result = verifyFdda({
    iccKey: icc,
    aip,
    signature: data.get(TAG.sdad),
    cardAuthenticationData: data.get(TAG.cardAuthenticationData),
    ctq,
    cardVersion: data.get(TAG.cardVersion),
    ttq: ttqOf(tap),
    unpredictableNumber: toldValue(tap, TAG.unpredictableNumber),
    amountAuthorised: toldValue(tap, TAG.amountAuthorised),
    currencyCode: toldValue(tap, TAG.currencyCode),
  });
  return result.kind === 'genuine' ? result : failedWith(result);
}
