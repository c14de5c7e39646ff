import { isBitSet, TAG } from '../dictionary/index.ts';

import { type ChainKey, type OdaFailure, verifyFdda } from '../oda/index.ts';
import { toHex } from '../values/index.ts';
import type { ReadingPlan } from './afl.ts';
import { keepsToAlgorithms } from './algorithm-selection.ts';
import { type ChainFacts, iccKeyOf, issuerKeyOf } from './certificate-chain.ts';

import { SECTION } from './explain.ts';

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

/** What a cashier is told: a key that is not there can be loaded, a card that is not genuine cannot be mended. */
function failedWith(tap: Tap, failure: OdaFailure): { readonly kind: 'failed'; readonly reason: DeclineReason } {
  const { object, check } = failure;
  const section = object === 'dynamic-signature' ? SECTION.fdda : SECTION.certificates;
  tap.input.explain?.({ section, text: `Offline data authentication fails at ${object}: ${check}` });
  return { kind: 'failed', reason: failure.object === 'ca-key' ? 'unknown-ca-key' : 'not-genuine' };
}

const isPending = (failure: OdaFailure, more: boolean): boolean => more && failure.check === 'missing';

const chainFacts = ({ application, answer, input, date }: Tap): ChainFacts => ({
  aid: application.aid,
  aip: answer.aip,
  data: answer.data,
  pan: answer.pan,
  date,
  caKeys: input.caKeys,
  keyCache: input.keyCache,
});

function issuerKey(tap: Tap, more: boolean): ChainKey | OdaFailure | undefined {
  if (tap.answer.data.get(TAG.caKeyIndex) === undefined && more) return undefined;
  const key = issuerKeyOf(chainFacts(tap));
  return 'kind' in key && isPending(key, more) ? undefined : key;
}

function iccKey(
  tap: Tap,
  issuer: ChainKey,
  records: readonly ReadRecord[],
  plan: ReadingPlan,
  more: boolean,
): ChainKey | OdaFailure | undefined {
  if (more && plan.last.authenticated) return undefined;
  const authenticated = [...plan.before, plan.last].map((address) => address.authenticated);
  const key = iccKeyOf(
    chainFacts(tap),
    issuer,
    records.filter((_, at) => authenticated[at]),
  );
  return 'kind' in key && isPending(key, more) ? undefined : key;
}

function explainKeys(tap: Tap, issuer: ChainKey, icc: ChainKey): void {
  const index = tap.answer.data.get(TAG.caKeyIndex);
  tap.input.explain?.({
    section: SECTION.certificates,
    text: `CA key ${index ? toHex(index) : '?'} → issuer key (${issuer.algorithm}) → ICC key (${icc.algorithm}): certificates verify`,
  });
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
  if (!isBitSet(tap.answer.aip, 1, 6)) {
    tap.input.explain?.({ section: SECTION.fdda, text: 'The AIP offers no dynamic data authentication' });
    return { kind: 'failed', reason: 'not-genuine' };
  }
  const issuer = known.issuer ?? issuerKey(tap, more);
  if (issuer === undefined) return { kind: 'keys', keys: known };
  if ('kind' in issuer) return failedWith(tap, issuer);
  if (!keepsToAlgorithms(tap, issuer)) {
    tap.input.explain?.({ section: SECTION.certificates, text: 'The card mixes SM with international algorithms' });
    return { kind: 'failed', reason: 'card-error' };
  }
  const icc = known.icc ?? iccKey(tap, issuer, records, plan, more);
  if (icc === undefined) return { kind: 'keys', keys: { issuer } };
  if ('kind' in icc) return failedWith(tap, icc);
  if (known.icc === undefined) explainKeys(tap, issuer, icc);
  return { kind: 'keys', keys: { issuer, icc } };
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
  if (result.kind !== 'genuine') return failedWith(tap, result);
  tap.input.explain?.({ section: SECTION.fdda, text: `The dynamic signature is genuine: ${result.version}` });
  return result;
}
