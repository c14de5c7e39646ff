import { generateAc } from '../../apdu/index.ts';
import { sha1 } from '../../crypto/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { parseIssuerApplicationData } from '../../issuer/index.ts';
import { type ChainKey, verifyCda } from '../../oda/index.ts';
import { type DolEntry, parseDol, parseTlv } from '../../tlv/index.ts';
import type { UsedAlgorithms } from '../algorithm-selection.ts';
import { CardData } from '../card-data.ts';
import type { Step } from '../requests.ts';
import { SUCCESS, transceive } from '../transceive.ts';
import { keepsToTold } from './algorithm-selection.ts';
import { contradictsCid } from './card-verification.ts';
import { dolValues, note } from './dialogue.ts';
import type { CardRead } from './read-card.ts';

/** What GENERATE AC can ask for. */
export type CryptogramType = 'aac' | 'tc' | 'arqc';

/** A cryptogram as the card gave it. */
export interface Cryptogram {
  /** `aar`: CID 11, a referral, which PBOC does not use. */
  readonly type: CryptogramType | 'aar';
  /** 9F27, the byte. */
  readonly cid: number;
  /** 9F36, 2 bytes. */
  readonly atc: Uint8Array;
  /** 9F26, 8 bytes. */
  readonly cryptogram: Uint8Array;
  /** 9F10, up to 32 bytes; none when the card gives none. */
  readonly issuerApplicationData: Uint8Array;
  /** Did its signature verify? False where none was asked for. */
  readonly signed: boolean;
  /** What it and the certificates are made with. */
  readonly algorithms: UsedAlgorithms;
}

export type CryptogramReply =
  | { readonly kind: 'cryptogram'; readonly cryptogram: Cryptogram }
  /** The signature is wrong or missing: nothing of the answer may be believed (EMV Book 2, §6.6.2). */
  | { readonly kind: 'not-genuine'; readonly type: 'tc' | 'arqc' }
  /** A status word, an answer that is none or says two things, or one by other algorithms than the card was told. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'torn' };

/** What is asked, and what the card was told. */
export interface CryptogramRequest {
  readonly type: CryptogramType;
  /** The values of this command's CDOL. */
  readonly values: Uint8Array;
  /** The key to verify CDA with; absent: not asked for. An AAC is never signed. */
  readonly iccKey: ChainKey | undefined;
  /** What is known of the card's algorithms before its answer; those of the first cryptogram, when this is the second. */
  readonly algorithms: UsedAlgorithms;
  /** The first command's values, when this is the second. */
  readonly cdol1Values?: Uint8Array;
}

const TYPES = ['aac', 'tc', 'arqc', 'aar'] as const;
const CONTROL: Readonly<Record<CryptogramType, number>> = { aac: 0x00, tc: 0x40, arqc: 0x80 };
const CDA_REQUESTED = 0x10;
const REFUSED = { kind: 'refused' } as const;
const MAX_ISSUER_APPLICATION_DATA = 32;
/** Template 80: CID, ATC, cryptogram, then the issuer application data (EMV Book 3, §6.5.5.4). */
const [ATC_AT, CRYPTOGRAM_AT, IAD_AT] = [1, 3, 11];

interface Parts {
  readonly cid: number;
  readonly atc: Uint8Array;
  /** Absent in an answer with a signature. */
  readonly cryptogram: Uint8Array | undefined;
  readonly issuerApplicationData: Uint8Array;
}

function parts(
  cid: Uint8Array | undefined,
  atc: Uint8Array | undefined,
  cryptogram: Uint8Array | undefined,
  issuerApplicationData: Uint8Array = new Uint8Array(),
): Parts | undefined {
  if (cid?.length !== 1 || atc?.length !== 2) return undefined;
  if (cryptogram !== undefined && cryptogram.length !== 8) return undefined;
  if (issuerApplicationData.length > MAX_ISSUER_APPLICATION_DATA) return undefined;
  return { cid: cid[0] ?? 0, atc, cryptogram, issuerApplicationData };
}

function parseAnswer(bytes: Uint8Array): Parts | undefined {
  const parsed = parseTlv(bytes);
  const [template, ...others] = parsed.kind === 'parsed' ? parsed.nodes : [];
  if (template === undefined || others.length > 0) return undefined;
  if (template.tag === TAG.responseFormat1) {
    const { value } = template;
    if (value.length < IAD_AT) return undefined;
    const [cid, atc] = [value.subarray(0, ATC_AT), value.subarray(ATC_AT, CRYPTOGRAM_AT)];
    return parts(cid, atc, value.subarray(CRYPTOGRAM_AT, IAD_AT), value.subarray(IAD_AT));
  }
  const data = new CardData();
  if (template.tag !== TAG.responseFormat2 || data.addAnswer(template.children ?? []) !== undefined) return undefined;
  return parts(data.get(TAG.cid), data.get(TAG.atc), data.get(TAG.cryptogram), data.get(TAG.issuerApplicationData));
}

/** Is the cryptogram made by SM4? What 9F10 does not say, or in another form, is not. */
function isSm4(issuerApplicationData: Uint8Array): boolean {
  const parsed = parseIssuerApplicationData(issuerApplicationData);
  return parsed.kind === 'parsed' && parsed.iad.algorithm === 'sm4';
}

/** Are the algorithms those that the card was told, and in its second cryptogram those of its first? */
function keepsOn(card: CardRead, { algorithms: before, values, cdol1Values }: CryptogramRequest, now: UsedAlgorithms) {
  const same = before.sm4 === undefined || before.sm4 === now.sm4;
  return same && keepsToTold(card, now, cdol1Values ?? values);
}

function read(card: CardRead, request: CryptogramRequest, response: Uint8Array): CryptogramReply {
  const answer = parseAnswer(response);
  if (answer === undefined) return REFUSED;
  const { cid, atc, issuerApplicationData } = answer;
  const type = TYPES[cid >> 6] ?? 'aac';
  if (contradictsCid(issuerApplicationData, type, request.cdol1Values ? 'second' : 'first')) return REFUSED;
  const { iccKey } = request;
  const algorithms = { ...request.algorithms, sm4: isSm4(issuerApplicationData) };
  const given = (cryptogram: Uint8Array, signed: boolean): CryptogramReply => ({
    kind: 'cryptogram',
    cryptogram: { type, cid, atc, cryptogram, issuerApplicationData, signed, algorithms },
  });
  // EMV Book 2, §6.6.1: TC and ARQC alone are signed.
  if (type === 'aac' || type === 'aar') {
    return answer.cryptogram === undefined ? REFUSED : given(answer.cryptogram, false);
  }
  if (iccKey === undefined) {
    const takes = answer.cryptogram !== undefined && keepsOn(card, request, algorithms);
    return takes ? given(answer.cryptogram, false) : REFUSED;
  }
  const verified = verifyCda({
    iccKey,
    response,
    unpredictableNumber: card.input.unpredictableNumber,
    pdolValues: card.pdolValues,
    cdol1Values: request.cdol1Values ?? request.values,
    cdol2Values: request.cdol1Values && request.values,
  });
  if (verified.kind === 'failed') return { kind: 'not-genuine', type };
  return keepsOn(card, request, algorithms) ? given(verified.cryptogram, true) : REFUSED;
}

/**
 * What a CDOL asks for. A TC hash (98) is made over the TDOL's values (97, or the terminal's default one, which is noted;
 * EMV Book 3, §9.2.2).
 */
export function cdolValues(card: CardRead, cdol: readonly DolEntry[]): Uint8Array {
  if (cdol.some(({ tag }) => tag === TAG.tcHash)) {
    const own = card.data.get(TAG.tdol);
    if (own === undefined) note(card, { tvr: ['default-tdol-used'] });
    const tdol = parseDol(own ?? card.parameters.debitCredit?.defaultTdol ?? new Uint8Array());
    card.terminal.set(TAG.tcHash, sha1(dolValues(card, tdol.kind === 'parsed' ? tdol.entries : [])));
  }
  return dolValues(card, cdol);
}

/** Asks for a cryptogram (EMV Book 3, §6.5.5 and §9; with CDA Book 2, §6.6). */
export function* generateCryptogram(card: CardRead, request: CryptogramRequest): Step<CryptogramReply> {
  const { type, values, iccKey } = request;
  const cda = iccKey !== undefined && type !== 'aac' ? CDA_REQUESTED : 0;
  const reply = yield* transceive(generateAc(CONTROL[type] | cda, values));
  if (reply.kind === 'torn') return reply;
  if (reply.kind === 'faulty' || reply.sw !== SUCCESS) return REFUSED;
  return read(card, cda === 0 ? { ...request, iccKey: undefined } : request, reply.data);
}
