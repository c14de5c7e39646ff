import { internalAuthenticate } from '../../apdu/index.ts';
import type { TvrBit } from '../../debit-credit/index.ts';
import { isBitSet, TAG } from '../../dictionary/index.ts';
import {
  type ChainKey,
  ddolEntries,
  type OdaFailure,
  signedDynamicDataIn,
  verifyDda,
  verifySignedStaticData,
} from '../../oda/index.ts';
import { type ChainFacts, iccKeyOf, issuerKeyOf, staticDataOf } from '../certificate-chain.ts';
import { type Ended, TORN } from '../ending.ts';
import type { ReadRecord } from '../intent.ts';
import type { Step } from '../requests.ts';
import { SUCCESS, transceive } from '../transceive.ts';
import { keepsToTold } from './algorithm-selection.ts';
import { dolValues, note } from './dialogue.ts';
import { type CardRead, refuse } from './read-card.ts';

/** How the card shows to be genuine. `cda`: with its cryptogram, so the key is kept for that. */
export interface OfflineAuthenticated {
  readonly kind: 'authenticated';
  /** What has verified so far; 'none' for CDA, which is still to come, and where nothing did. */
  readonly method: 'sda' | 'dda' | 'none';
  /** The card's key, where its certificates verified: for CDA. */
  readonly iccKey?: ChainKey;
  /** What the issuer's certificate is made with, where it verified. */
  readonly chain?: ChainKey['algorithm'];
  /** Is the cryptogram to be asked for with CDA? */
  readonly cda: boolean;
}

type Method = 'cda' | 'dda' | 'sda';

const FAILED: Readonly<Record<Method, TvrBit>> = { cda: 'cda-failed', dda: 'dda-failed', sda: 'sda-failed' };

/** AIP byte 1 and terminal capabilities (9F33) byte 3: which bit means what in each (EMV Book 3, §10.3). */
const METHODS: readonly { readonly method: Method; readonly aipBit: number; readonly capabilityBit: number }[] = [
  { method: 'cda', aipBit: 1, capabilityBit: 4 },
  { method: 'dda', aipBit: 6, capabilityBit: 7 },
  { method: 'sda', aipBit: 7, capabilityBit: 8 },
];

/** The best method that both support: CDA before DDA before SDA (EMV Book 3, §10.3). */
function selectMethod({ aip, input }: CardRead): Method | undefined {
  const { capabilities } = input.terminal;
  return METHODS.find(
    ({ aipBit, capabilityBit }) => isBitSet(aip, 1, aipBit) && isBitSet(capabilities, 3, capabilityBit),
  )?.method;
}

/** What the card's certificates are judged by. */
export function chainFacts({ application, aip, data, pan, input }: CardRead): ChainFacts {
  const { date, caKeys, keyCache } = input;
  return { aid: application.aid, aip, data, pan, date, caKeys, keyCache };
}

/** The records that the AFL marks for authentication, in its order. */
export function authenticatedRecords({ plan, records }: CardRead): readonly ReadRecord[] {
  const marks = [...plan.before, plan.last].map(({ authenticated }) => authenticated);
  return records.filter((_, at) => marks[at]);
}

/** EMV Book 3, §10.3: what is missing is told apart from what is wrong, and counts as a failure as well. */
function fail(card: CardRead, method: Method, missing: boolean): void {
  note(card, { tvr: [FAILED[method], ...(missing ? (['icc-data-missing'] as const) : [])] });
}

const isMissing = ({ check }: OdaFailure, card: CardRead): boolean =>
  check === 'missing' || card.data.get(TAG.caKeyIndex) === undefined;

function authenticateStatic(card: CardRead, issuerKey: ChainKey | OdaFailure): OfflineAuthenticated {
  const staticData = staticDataOf(chainFacts(card), authenticatedRecords(card));
  const failure = 'kind' in issuerKey ? issuerKey : 'kind' in staticData ? staticData : undefined;
  if ('kind' in issuerKey || 'kind' in staticData) {
    fail(card, 'sda', failure !== undefined && isMissing(failure, card));
    return { kind: 'authenticated', method: 'none', cda: false };
  }
  const verified = verifySignedStaticData({ issuerKey, signature: card.data.get(TAG.signedStaticData), staticData });
  if (verified.kind === 'failed') {
    fail(card, 'sda', isMissing(verified, card));
    return { kind: 'authenticated', method: 'none', cda: false };
  }
  card.terminal.set(TAG.dataAuthenticationCode, verified.dataAuthenticationCode);
  return { kind: 'authenticated', method: 'sda', cda: false };
}

/** The card's key under its certificates; failures are noted against `method`. */
function iccKey(card: CardRead, issuer: ChainKey | OdaFailure, method: Method): ChainKey | undefined {
  const key = 'kind' in issuer ? issuer : iccKeyOf(chainFacts(card), issuer, authenticatedRecords(card));
  if (!('kind' in key)) return key;
  fail(card, method, isMissing(key, card));
  return undefined;
}

function* authenticateDynamic(card: CardRead, issuer: ChainKey | OdaFailure): Step<OfflineAuthenticated | Ended> {
  const key = iccKey(card, issuer, 'dda');
  if (key === undefined) return { kind: 'authenticated', method: 'none', cda: false };
  const unproved: OfflineAuthenticated = { kind: 'authenticated', method: 'none', iccKey: key, cda: false };
  const ddol = ddolEntries(card.data.get(TAG.ddol) ?? card.parameters.debitCredit?.defaultDdol);
  if (ddol === undefined) {
    fail(card, 'dda', false);
    return unproved;
  }
  const ddolValues = dolValues(card, ddol);
  const reply = yield* transceive(internalAuthenticate(ddolValues));
  if (reply.kind === 'torn') return TORN;
  const signature = reply.kind === 'answered' && reply.sw === SUCCESS ? signedDynamicDataIn(reply.data) : undefined;
  const verified = verifyDda({ iccKey: key, signature, ddolValues });
  if (verified.kind === 'failed') {
    fail(card, 'dda', false);
    return unproved;
  }
  card.terminal.set(TAG.iccDynamicNumber, verified.iccDynamicNumber);
  return { ...unproved, method: 'dda' };
}

function* authenticateBy(
  method: Method,
  card: CardRead,
  issuer: ChainKey | OdaFailure,
): Step<OfflineAuthenticated | Ended> {
  if (method === 'cda') {
    const key = iccKey(card, issuer, 'cda');
    // EMV Book 2, §6.6: when it has failed before the cryptogram, that is asked for without CDA.
    if (key !== undefined) return { kind: 'authenticated', method: 'none', iccKey: key, cda: true };
    note(card, { tsi: ['offline-data-authentication-performed'] });
    return { kind: 'authenticated', method: 'none', cda: false };
  }
  note(card, { tsi: ['offline-data-authentication-performed'], tvr: method === 'sda' ? ['sda-selected'] : [] });
  return method === 'sda' ? authenticateStatic(card, issuer) : yield* authenticateDynamic(card, issuer);
}

/**
 * Offline data authentication (EMV Book 3, §10.3; Book 2, §5 and §6; the SM2 form JR/T 0025.17 §5): the best method that card
 * and terminal have in common. What fails is noted in the TVR; action analysis decides what follows from it. With CDA the
 * certificates are verified here and the signature comes with the cryptogram. A card whose certificates are not by the
 * algorithms that it was told is refused here, while nothing has moved.
 */
export function* authenticateOffline(card: CardRead): Step<OfflineAuthenticated | Ended> {
  const method = selectMethod(card);
  if (method === undefined) {
    note(card, { tvr: ['offline-data-authentication-not-performed'] });
    return { kind: 'authenticated', method: 'none', cda: false };
  }
  const issuer = issuerKeyOf(chainFacts(card));
  if ('kind' in issuer) return yield* authenticateBy(method, card, issuer);
  const { algorithm: chain } = issuer;
  if (!keepsToTold(card, { chain })) return refuse(card, 'card-error');
  const authenticated = yield* authenticateBy(method, card, issuer);
  return authenticated.kind === 'authenticated' ? { ...authenticated, chain } : authenticated;
}
