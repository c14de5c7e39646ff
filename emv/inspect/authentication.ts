import { internalAuthenticate } from '../apdu/index.ts';
import { isBitSet, TAG } from '../dictionary/index.ts';
import { type ChainFacts, iccKeyOf, issuerKeyOf, staticDataOf } from '../kernel/certificate-chain.ts';
import type { Step } from '../kernel/index.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import {
  type ChainKey,
  ddolEntries,
  type OdaFailure,
  signedDynamicDataIn,
  verifyDda,
  verifySignedStaticData,
} from '../oda/index.ts';
import { buildDol, type DataObjects } from '../tlv/index.ts';
import type { Pan } from '../values/index.ts';
import type { Card } from './card.ts';
import type { Records } from './records.ts';
import type { CardAuthentication, CertificateMethod, InspectedRecord, Processing } from './report.ts';

export interface AuthenticationInput extends Omit<ChainFacts, 'aip' | 'pan' | 'keyCache'> {
  readonly pan: Pan | undefined;
  readonly processing: Processing;
  readonly records: Records;
  /** What the terminal says of itself and of the moment. */
  readonly terminal: DataObjects;
}

type Facts = AuthenticationInput & ChainFacts;

/** What the card offers (EMV Book 3, §10.3). DDA before CDA: it alone can be tried without a cryptogram. */
function methodOf(processing: Processing): CertificateMethod | 'sda' | undefined {
  const aip = 'aip' in processing ? processing.aip : undefined;
  if (aip === undefined) return undefined;
  if (isBitSet(aip, 1, 6)) return processing.kind === 'qpboc' ? 'fdda' : 'dda';
  if (processing.kind === 'qpboc') return undefined;
  if (isBitSet(aip, 1, 1)) return 'cda';
  return isBitSet(aip, 1, 7) ? 'sda' : undefined;
}

/** What the card's certificate may cover: what the AFL says, else nothing or one of the records, which the hash will tell. */
function coverings({ read, authenticated }: Records): readonly (readonly InspectedRecord[])[] {
  return authenticated !== undefined ? [authenticated] : [...read.map((record) => [record]), []];
}

/** Without an AIP of the card's, the usual ones of PBOC: the hash tells which. */
const USUAL_AIPS = [Uint8Array.of(0x7c, 0x00), Uint8Array.of(0x7d, 0x00), Uint8Array.of(0x7c, 0x80)];

const mayCoverOther = ({ object, check }: OdaFailure): boolean =>
  object === 'static-data' || check === 'hash' || check === 'signature';

function cardKey(facts: Facts, issuer: ChainKey): ChainKey | OdaFailure {
  const { processing, records } = facts;
  const aip = 'aip' in processing ? processing.aip : undefined;
  let result: ChainKey | OdaFailure = { kind: 'failed', object: 'icc-certificate', check: 'missing' };
  for (const covered of coverings(records)) {
    for (const value of aip ? [aip] : USUAL_AIPS) {
      result = iccKeyOf({ ...facts, aip: value }, issuer, covered);
      if (!('kind' in result) || !mayCoverOther(result)) return result;
    }
  }
  return result;
}

/** What is known once the issuer's certificate has verified. */
interface Chain {
  readonly caKeyIndex: number;
  readonly issuerAlgorithm: ChainKey['algorithm'];
}

/** SDA (EMV Book 2, §5.4): did the issuer sign these records? Where not all of them could be read nobody can tell. */
function authenticateStatic(facts: Facts, issuerKey: ChainKey, chain: Chain): CardAuthentication {
  const { authenticated } = facts.records;
  if (authenticated === undefined) return { kind: 'issuer-genuine', ...chain };
  const staticData = staticDataOf(facts, authenticated);
  const verified =
    'kind' in staticData
      ? staticData
      : verifySignedStaticData({ issuerKey, signature: facts.data.get(TAG.signedStaticData), staticData });
  return verified.kind === 'failed'
    ? { kind: 'failed', caKeyIndex: chain.caKeyIndex, failure: verified }
    : { kind: 'data-genuine', method: 'sda', ...chain };
}

/** DDA (EMV Book 2, §6.5): the card signs a number that it cannot know beforehand. Undefined: it was not asked, or has left. */
function* signatureVerdict(
  card: Card,
  { terminal, data }: Facts,
  iccKey: ChainKey,
): Step<OdaFailure | true | undefined> {
  if (terminal.get(TAG.unpredictableNumber) === undefined) return undefined;
  const ddol = ddolEntries(data.get(TAG.ddol));
  if (ddol === undefined) return { kind: 'failed', object: 'dynamic-signature', check: 'missing' };
  const ddolValues = buildDol(ddol, (tag) => terminal.get(tag) ?? data.get(tag));
  const reply = yield* card.send(internalAuthenticate(ddolValues));
  if (card.left) return undefined;
  const signature = reply.sw === SUCCESS ? signedDynamicDataIn(reply.data) : undefined;
  const verified = verifyDda({ iccKey, signature, ddolValues });
  return verified.kind === 'failed' ? verified : true;
}

function* authenticateByCertificate(
  card: Card,
  facts: Facts,
  issuer: ChainKey,
  chain: Chain,
  method: CertificateMethod | undefined,
): Step<CardAuthentication> {
  const { caKeyIndex } = chain;
  const key = cardKey(facts, issuer);
  if ('kind' in key) {
    const isGuess = facts.records.authenticated === undefined && (key.check === 'hash' || key.check === 'signature');
    if (isGuess || key.check === 'missing') return { kind: 'issuer-genuine', ...chain };
    return { kind: 'failed', caKeyIndex, failure: key };
  }
  const genuine = { ...chain, cardAlgorithm: key.algorithm };
  const signed = method === 'dda' ? yield* signatureVerdict(card, facts, key) : undefined;
  if (signed === true) return { kind: 'card-genuine', method: 'dda', ...genuine };
  if (signed !== undefined) return { kind: 'failed', caKeyIndex, failure: signed };
  return { kind: 'certificates-genuine', ...(method && { method }), ...genuine };
}

/**
 * Offline data authentication as far as it goes without a cryptogram: certificates from the CA key on (EMV Book 2, §6.3,
 * §6.4), then SDA (§5.4), or DDA by INTERNAL AUTHENTICATE (§6.5). CDA and fDDA sign payments alone, and stay unproved. The
 * application must be selected and its GPO answered.
 */
export function* authenticateCard(card: Card, input: AuthenticationInput): Step<CardAuthentication> {
  const { data, pan, processing } = input;
  const index = data.get(TAG.caKeyIndex);
  if (index?.length !== 1 || data.get(TAG.issuerCertificate) === undefined || pan === undefined)
    return { kind: 'none' };
  const [caKeyIndex = 0] = index;
  const aip = 'aip' in processing ? processing.aip : undefined;
  const facts = { ...input, pan, aip: aip ?? new Uint8Array() };
  const issuer = issuerKeyOf(facts);
  if ('kind' in issuer) return { kind: 'failed', caKeyIndex, failure: issuer };
  const chain = { caKeyIndex, issuerAlgorithm: issuer.algorithm };
  const method = methodOf(processing);
  return method === 'sda'
    ? authenticateStatic(facts, issuer, chain)
    : yield* authenticateByCertificate(card, facts, issuer, chain, method);
}
