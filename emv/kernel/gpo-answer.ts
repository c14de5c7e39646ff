import type { Algorithm } from '../crypto/index.ts';
import { TAG } from '../dictionary/index.ts';
import { balanceOf, type IssuerApplicationData, parseIssuerApplicationData } from '../issuer/index.ts';
import { parseTlv } from '../tlv/index.ts';
import { type CivilDate, type Fen, type Pan, parseBcd } from '../values/index.ts';
import { CardData } from './card-data.ts';
import { parseTrack2 } from './track2.ts';

type Decision = 'tc' | 'arqc' | 'aac';

/** What a qPBOC card answers to GPO (JR/T 0025.12-2013 §6.5.4). Byte strings are raw values. */
export interface GpoAnswer {
  readonly aip: Uint8Array;
  readonly atc: Uint8Array;
  readonly cryptogram: Uint8Array;
  readonly issuerApplicationData: Uint8Array;
  readonly decision: Decision;
  /** What the cryptogram is made with; undefined when 9F10 names none that is known. */
  readonly algorithm: Algorithm | undefined;
  readonly pan: Pan;
  /** Last day of the month on track 2. */
  readonly trackExpiry: CivilDate;
  readonly ctq: Uint8Array | undefined;
  readonly afl: Uint8Array | undefined;
  /** Electronic-cash balance in the issuer discretionary data. */
  readonly balance: Fen | undefined;
  /** Everything it brought, to which the records will be added. */
  readonly data: CardData;
}

export type ParsedGpoAnswer =
  | { readonly kind: 'qpboc'; readonly answer: GpoAnswer }
  /** Template 80: the card means the full PBOC flow, which the TTQ did not offer. */
  | { readonly kind: 'other-path' }
  | { readonly kind: 'malformed' };

const CID_DECISION = 0xc0;
const CID: Readonly<Record<Decision, number>> = { aac: 0x00, tc: 0x40, arqc: 0x80 };

const MALFORMED: ParsedGpoAnswer = { kind: 'malformed' };

/** The decision in the CVR; RFU counts as a refusal. */
function decisionOf({ cvr }: IssuerApplicationData): Decision {
  return cvr.firstDecision === 'rfu' ? 'aac' : cvr.firstDecision;
}

/** A card may leave out 9F27; if it sends one, it must not contradict the decision in 9F10. */
function contradicts(cid: Uint8Array | undefined, decision: Decision): boolean {
  return cid !== undefined && (cid.length !== 1 || ((cid[0] ?? 0) & CID_DECISION) !== CID[decision]);
}

const ofLength = (value: Uint8Array | undefined, length: number): Uint8Array | undefined =>
  value?.length === length ? value : undefined;

/** Reads the GPO answer: template 77 with 82, 9F36, 57, 9F26 and 9F10 at least (JR/T 0025.12-2013 §6.5.4). */
export function parseGpoAnswer(bytes: Uint8Array): ParsedGpoAnswer {
  const parsed = parseTlv(bytes);
  const template = parsed.kind === 'parsed' && parsed.nodes.length === 1 ? parsed.nodes[0] : undefined;
  if (template === undefined) return MALFORMED;
  if (template.tag === TAG.responseFormat1) return { kind: 'other-path' };
  const data = new CardData();
  if (template.tag !== TAG.responseFormat2 || data.addAnswer(template.children ?? []) !== undefined) return MALFORMED;

  const aip = ofLength(data.get(TAG.aip), 2);
  const atc = ofLength(data.get(TAG.atc), 2);
  const cryptogram = ofLength(data.get(TAG.cryptogram), 8);
  const track2 = parseTrack2(data.get(TAG.track2) ?? new Uint8Array());
  const issuerApplicationData = data.get(TAG.issuerApplicationData);
  const parsedIad = issuerApplicationData && parseIssuerApplicationData(issuerApplicationData);
  if (!aip || !atc || !cryptogram || !track2 || !issuerApplicationData || parsedIad?.kind !== 'parsed')
    return MALFORMED;

  const ctq = data.get(TAG.ctq);
  const panSequence = data.get(TAG.panSequence);
  const { iad } = parsedIad;
  const decision = decisionOf(iad);
  if (contradicts(data.get(TAG.cid), decision) || (ctq !== undefined && ctq.length !== 2)) return MALFORMED;
  if (panSequence !== undefined && panSequenceOf(data) === undefined) return MALFORMED;
  return {
    kind: 'qpboc',
    answer: {
      aip,
      atc,
      cryptogram,
      issuerApplicationData,
      decision,
      algorithm: iad.algorithm,
      pan: track2.pan,
      trackExpiry: track2.expiry,
      ctq,
      afl: data.get(TAG.afl),
      balance: iad.discretionaryData && balanceOf(iad.discretionaryData),
      data,
    },
  };
}

/** 5F34, 0 when the card gives none; undefined when it is no number of two digits. */
export function panSequenceOf(data: CardData): number | undefined {
  const value = data.get(TAG.panSequence);
  if (value === undefined) return 0;
  return value.length === 1 ? parseBcd(value) : undefined;
}
