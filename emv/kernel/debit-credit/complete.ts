import { externalAuthenticate } from '../../apdu/index.ts';
import { type HostWord, secondAction } from '../../debit-credit/index.ts';
import { isBitSet, TAG } from '../../dictionary/index.ts';
import type { ChainKey } from '../../oda/index.ts';
import { concat, hex } from '../../values/index.ts';
import type { UsedAlgorithms } from '../algorithm-selection.ts';
import type { ChipData, Completion } from '../outcome.ts';
import type { IssuerAnswer, OnlineAnswer, Step } from '../requests.ts';
import { SUCCESS, transceive } from '../transceive.ts';
import { chipDataOf, toldValues } from './chip-data.ts';
import { note } from './dialogue.ts';
import { type CryptogramReply, type CryptogramType, cdolValues, generateCryptogram } from './generate-ac.ts';
import { runIssuerScripts } from './issuer-scripts.ts';
import type { CardRead } from './read-card.ts';

/** How a card took what the host said. */
export interface Completed {
  /** `left`: it went before its second cryptogram. `refused`: it gave none that can be believed. */
  readonly kind: 'tc' | 'aac' | 'not-genuine' | 'refused' | 'left';
  readonly completion: Completion;
  /** What the terminal asked of it. */
  readonly request?: CryptogramType;
  /** The second cryptogram carries a signature that verified. */
  readonly signed: boolean;
}

export interface OnlineResult {
  readonly host: OnlineAnswer;
  /** The first command's values. */
  readonly cdol1Values: Uint8Array;
  /** Of the first cryptogram: the second must keep to them. */
  readonly algorithms: UsedAlgorithms;
  /** The key for CDA; absent: none. */
  readonly iccKey: ChainKey | undefined;
  /** Without the host's word: may the terminal approve alone, where the action codes say so (Y3)? */
  readonly mayApproveAlone: () => Step<boolean>;
}

const [MIN_AUTHENTICATION_DATA, MAX_AUTHENTICATION_DATA] = [8, 16];
/** 8A where the host gives none: approved 00, declined 05 (EMV Book 4, annex A6; ISO 8583). */
const APPROVED = hex('3030');
const DECLINED = hex('3035');
const UNABLE_APPROVED = hex('5933');
const UNABLE_DECLINED = hex('5A33');

const NOTHING: Completion = { scriptResults: new Uint8Array() };

const issuerOf = (host: OnlineAnswer): IssuerAnswer | undefined => ('issuer' in host ? host.issuer : undefined);

/** Issuer authentication (EMV Book 3, §10.9). False: the card left. Without AIP byte 1 bit 3, CDOL2 is the way for 91. */
function* authenticateIssuer(card: CardRead, issuer: IssuerAnswer | undefined): Step<boolean> {
  const data = issuer?.issuerAuthenticationData;
  if (data === undefined || data.length < MIN_AUTHENTICATION_DATA || data.length > MAX_AUTHENTICATION_DATA) return true;
  card.terminal.set(TAG.issuerAuthenticationData, data);
  if (!isBitSet(card.aip, 1, 3)) return true;
  const reply = yield* transceive(externalAuthenticate(data));
  if (reply.kind === 'torn') return false;
  note(card, { tsi: ['issuer-authentication-performed'] });
  const done = reply.kind === 'answered' && reply.sw === SUCCESS;
  if (!done) note(card, { tvr: ['issuer-authentication-failed'] });
  return true;
}

function* secondRequest(card: CardRead, { host, mayApproveAlone }: OnlineResult): Step<CryptogramType> {
  const facts = {
    terminalType: card.input.terminal.terminalType,
    terminalActionCodes: card.parameters.debitCredit?.actionCodes ?? {},
    tvr: card.tvr.bytes,
  };
  // On trust or not, the card hears that nobody could be asked.
  const word: HostWord = host.kind === 'deferred' ? 'no-answer' : host.kind;
  const { request } = secondAction(card.data, facts, word);
  const alone = word === 'no-answer' && request === 'tc' && (yield* mayApproveAlone());
  const approves = host.kind === 'approved' ? request === 'tc' : alone;
  const codes = {
    approved: APPROVED,
    declined: DECLINED,
    'no-answer': approves ? UNABLE_APPROVED : UNABLE_DECLINED,
  } satisfies Record<HostWord, Uint8Array>;
  card.terminal.set(TAG.authorisationResponseCode, issuerOf(host)?.authorisationResponseCode ?? codes[word]);
  return approves ? 'tc' : 'aac';
}

interface Second {
  readonly reply: CryptogramReply;
  readonly chip: ChipData | undefined;
  readonly request: CryptogramType;
}

function* secondCryptogram(card: CardRead, result: OnlineResult, request: CryptogramType): Step<Second> {
  const { cdol1Values, iccKey, algorithms } = result;
  const values = cdolValues(card, card.cdol2);
  const reply = yield* generateCryptogram(card, { type: request, values, iccKey, algorithms, cdol1Values });
  if (reply.kind === 'not-genuine') note(card, { tvr: ['cda-failed'] });
  const told = toldValues(card, [card.cdol1, cdol1Values], [card.cdol2, values]);
  const chip = reply.kind === 'cryptogram' ? chipDataOf(card, reply.cryptogram, told) : undefined;
  return { reply, chip, request };
}

function kindOf({ reply, request }: Second): Completed['kind'] {
  if (reply.kind === 'torn') return 'left';
  if (reply.kind !== 'cryptogram') return reply.kind;
  const { type } = reply.cryptogram;
  // EMV Book 3, §10.11: after its second cryptogram a card has decided; an ARQC now, or a TC to whom an AAC was asked, is none.
  if (type === 'tc') return request === 'tc' ? 'tc' : 'refused';
  return type === 'aac' ? 'aac' : 'refused';
}

/**
 * What follows an ARQC (EMV Book 3, §10.9 to §10.11): issuer authentication, the scripts that come before, the second GENERATE
 * AC, the scripts that come after. A host that did not answer leaves the decision to the action codes.
 */
export function* complete(card: CardRead, result: OnlineResult): Step<Completed> {
  const issuer = issuerOf(result.host);
  const scripts = issuer?.scripts ?? [];
  if (!(yield* authenticateIssuer(card, issuer))) return { kind: 'left', completion: NOTHING, signed: false };
  const request = yield* secondRequest(card, result);
  const before = yield* runIssuerScripts(card, scripts, TAG.script1);
  if (before.torn) return { kind: 'left', completion: { scriptResults: before.results }, signed: false };
  const second = yield* secondCryptogram(card, result, request);
  const kind = kindOf(second);
  const after = kind === 'left' ? { results: new Uint8Array() } : yield* runIssuerScripts(card, scripts, TAG.script2);
  const scriptResults = concat(before.results, after.results);
  const { reply, chip } = second;
  const signed = reply.kind === 'cryptogram' && reply.cryptogram.signed;
  const authorisationResponseCode = card.terminal.get(TAG.authorisationResponseCode);
  return {
    kind,
    request,
    signed,
    completion: {
      ...(chip && { chip }),
      ...(authorisationResponseCode && { authorisationResponseCode }),
      scriptResults,
    },
  };
}
