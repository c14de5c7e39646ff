import { TAG } from '../dictionary/index.ts';
import { type DolEntry, findTag, parseDol, parseTlv, type Tlv } from '../tlv/index.ts';

/** An application as its FCI presents it. */
export interface Application {
  /** 84, 5 to 16 bytes. */
  readonly aid: Uint8Array;
  /** 9F12 or 50; empty when neither is printable. */
  readonly label: string;
  readonly pdol: readonly DolEntry[];
  /** The whole answer to SELECT. */
  readonly fci: Uint8Array;
}

export type ParsedFci =
  | { readonly kind: 'application'; readonly application: Application }
  /** Well-formed, but of no qPBOC application: its PDOL does not ask for what qPBOC needs. */
  | { readonly kind: 'no-qpboc' }
  | { readonly kind: 'malformed' };

const MIN_AID = 5;
const MAX_AID = 16;
const LATIN_1 = 1;

/** Is this an application identifier's length (ISO/IEC 7816-4)? */
export function isAid(bytes: Uint8Array): boolean {
  return bytes.length >= MIN_AID && bytes.length <= MAX_AID;
}

/**
 * Both the decision and the cryptogram rest on these: TTQ (JR/T 0025.12-2013 figure 4), and amount and unpredictable
 * number, without which a signature or cryptogram of another payment would pass for this one.
 */
const NEEDED: readonly DolEntry[] = [
  { tag: TAG.ttq, length: 4 },
  { tag: TAG.amountAuthorised, length: 6 },
  { tag: TAG.unpredictableNumber, length: 4 },
];

const asksFor = (pdol: readonly DolEntry[], needed: DolEntry): boolean =>
  pdol.some(({ tag, length }) => tag === needed.tag && length === needed.length);

/** Printable ASCII, trimmed; undefined when there is anything else. */
function printable(value: Uint8Array | undefined): string | undefined {
  let characters = '';
  for (const byte of value?.subarray(0, MAX_AID) ?? []) characters += String.fromCharCode(byte);
  const text = characters.trim();
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

/** The preferred name where the terminal can print its alphabet, else the label (EMV Book 4, §11.3). */
function labelOf(proprietary: readonly Tlv[]): string {
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
  const list = findTag(proprietary, TAG.pdol);
  if (list === undefined) return { kind: 'no-qpboc' };
  const pdol = parseDol(list.value);
  if (pdol.kind === 'malformed') return { kind: 'malformed' };
  if (!NEEDED.every((needed) => asksFor(pdol.entries, needed))) return { kind: 'no-qpboc' };
  return { kind: 'application', application: { aid, label: labelOf(proprietary), pdol: pdol.entries, fci } };
}
