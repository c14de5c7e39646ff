import { TAG } from '../dictionary/index.ts';
import { type DolEntry, findTag, parseDol, parseTlv, type Tlv } from '../tlv/index.ts';
import { equalBytes } from '../values/index.ts';
import { keepsLengths } from './covered-lengths.ts';
import type { ApplicationParameters } from './transaction.ts';

/** An application as its FCI presents it. */
export interface Application {
  /** 84, 5 to 16 bytes. */
  readonly aid: Uint8Array;
  /** 9F12 or 50; empty when neither is printable. */
  readonly label: string;
  /** 9F38; empty when the card has none. */
  readonly pdol: readonly DolEntry[];
  /** 87, the byte; 0 when the card gives none (EMV Book 1, table 48). */
  readonly priority: number;
  /** The whole answer to SELECT. */
  readonly fci: Uint8Array;
}

export type ParsedFci =
  | { readonly kind: 'application'; readonly application: Application }
  | { readonly kind: 'malformed' };

const MIN_AID = 5;
const MAX_AID = 16;
const LATIN_1 = 1;

/** Is this an application identifier's length (ISO/IEC 7816-4)? */
export function isAid(bytes: Uint8Array): boolean {
  return bytes.length >= MIN_AID && bytes.length <= MAX_AID;
}

/** Tag 87 (EMV Book 1, table 48). */
const CONFIRMATION_NEEDED = 0x80;
const PRIORITY = 0x0f;
const LOWEST = PRIORITY + 1;

/** May the application be selected only when the cardholder confirms it? `priority`: 87, the byte. */
export function needsConfirmation(priority: number): boolean {
  return (priority & CONFIRMATION_NEEDED) !== 0;
}

/** 1 is highest; an application without an order comes last (EMV Book 1, §12.4). */
export function orderOf(priority: number): number {
  return priority & PRIORITY || LOWEST;
}

/** Does the card's name fit the terminal's AID: the same, or longer where partial selection (ASI) is allowed? */
export function fits(name: Uint8Array, { aid, partialSelection }: ApplicationParameters): boolean {
  return equalBytes(name.subarray(0, aid.length), aid) && (partialSelection || name.length === aid.length);
}

/**
 * Both the decision and the cryptogram rest on these: TTQ (JR/T 0025.12-2013 figure 4), and amount and unpredictable
 * number, without which a signature or cryptogram of another payment would pass for this one.
 */
const NEEDED: readonly number[] = [TAG.ttq, TAG.amountAuthorised, TAG.unpredictableNumber];

const asksFor = (pdol: readonly DolEntry[], needed: number): boolean => pdol.some(({ tag }) => tag === needed);

/** Can it be asked over the air at all: does its PDOL want the TTQ (JR/T 0025.12-2013 figure 4)? */
export function isContactless({ pdol }: Application): boolean {
  return asksFor(pdol, TAG.ttq) && keepsLengths(pdol);
}

/** Does its PDOL ask for what qPBOC needs? */
export function isQpboc({ pdol }: Application): boolean {
  return NEEDED.every((needed) => asksFor(pdol, needed)) && keepsLengths(pdol);
}

/** Printable ASCII, trimmed; undefined when there is anything else. */
function printable(value: Uint8Array | undefined): string | undefined {
  const text = value && String.fromCharCode(...value.subarray(0, MAX_AID)).trim();
  return text && /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

/** The preferred name where the terminal can print its alphabet, else the label (EMV Book 4, §11.3). */
export function labelOf(proprietary: readonly Tlv[]): string {
  const table = findTag(proprietary, TAG.codeTable)?.value[0];
  const preferred = table === LATIN_1 ? printable(findTag(proprietary, TAG.preferredName)?.value) : undefined;
  return preferred ?? printable(findTag(proprietary, TAG.label)?.value) ?? '';
}

/** Reads the answer to the SELECT of an application (EMV Book 1, §11.3.4). */
export function parseFci(fci: Uint8Array): ParsedFci {
  const parsed = parseTlv(fci);
  const nodes = parsed.kind === 'parsed' ? parsed.nodes : [];
  const aid = findTag(nodes, TAG.fci, TAG.dfName)?.value;
  const proprietary = findTag(nodes, TAG.fci, TAG.fciProprietary)?.children;
  if (nodes.length !== 1 || aid === undefined || !isAid(aid) || proprietary === undefined) return { kind: 'malformed' };
  const pdol = parseDol(findTag(proprietary, TAG.pdol)?.value ?? new Uint8Array());
  if (pdol.kind === 'malformed') return { kind: 'malformed' };
  const priority = findTag(proprietary, TAG.priority)?.value[0] ?? 0;
  return { kind: 'application', application: { aid, label: labelOf(proprietary), pdol: pdol.entries, priority, fci } };
}
