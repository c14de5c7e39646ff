import { CONSTRUCTED, MAX_TAG_BYTES, MORE, TAG_CONTINUES, type Tlv, type TlvErrorCode } from './tlv.ts';

/** Templates inside templates; an FCI with directory entries has four levels. */
const MAX_DEPTH = 8;
/** Far above any card answer (256 bytes), and what two packed 16-bit numbers can address. */
const MAX_BYTES = 0xffff;

export interface TlvLimits {
  readonly maxDepth?: number;
  /** At most 65,535. */
  readonly maxBytes?: number;
}

export type ParsedTlv =
  | { readonly kind: 'parsed'; readonly nodes: readonly Tlv[] }
  /** `offset`: where the faulty data object starts. */
  | { readonly kind: 'malformed'; readonly code: TlvErrorCode; readonly offset: number };

/**
 * Numbers and links only: views and lists are made when somebody looks, because making them costs several times the
 * parse. Start and length share one small integer, so that a node stays small.
 */
class Node implements Tlv {
  // Declared, not defined: a defined field is first written as undefined, which doubles the cost of a node.
  declare readonly tag: number;
  declare readonly offset: number;
  declare next: Node | undefined;
  declare private readonly source: Uint8Array;
  declare private readonly span: number;
  declare private readonly firstChild: Node | undefined;

  constructor(source: Uint8Array, tag: number, offset: number, start: number, length: number, child: Node | undefined) {
    this.source = source;
    this.tag = tag;
    this.offset = offset;
    this.span = (start << 16) | length;
    this.firstChild = child;
    this.next = undefined;
  }

  get length(): number {
    return this.span & 0xffff;
  }

  get value(): Uint8Array {
    const start = this.span >>> 16;
    return this.source.subarray(start, start + this.length);
  }

  get children(): readonly Tlv[] | undefined {
    return (this.source[this.offset] ?? 0) & CONSTRUCTED ? listOf(this.firstChild) : undefined;
  }
}

/** Counted first, so that the list is allocated once; a template alone at the top is the usual case. */
function listOf(first: Node | undefined): readonly Tlv[] {
  if (first === undefined) return [];
  if (first.next === undefined) return [first];
  let count = 0;
  for (let node: Node | undefined = first; node !== undefined; node = node.next) count++;
  const nodes = new Array<Tlv>(count);
  count = 0;
  for (let node: Node | undefined = first; node !== undefined; node = node.next) nodes[count++] = node;
  return nodes;
}

/** The fault that ended a parse; while there is none, `code` is undefined. */
class Fault {
  code: TlvErrorCode | undefined = undefined;
  offset = 0;

  set(code: TlvErrorCode, offset: number): undefined {
    this.code = code;
    this.offset = offset;
  }
}

/** Says why the data object at `offset` does not end before `end`; `parseObjects` only sees that it does not. */
function explain(bytes: Uint8Array, offset: number, end: number): TlvErrorCode {
  let at = offset;
  let more = ((bytes[at++] ?? 0) & TAG_CONTINUES) === TAG_CONTINUES;
  while (more) {
    if (at >= end) return 'tag-truncated';
    if (at - offset >= MAX_TAG_BYTES) return 'tag-too-long';
    more = ((bytes[at++] ?? 0) & MORE) !== 0;
  }
  if (at >= end) return 'length-truncated';
  const first = bytes[at++] ?? 0;
  if (first === 0x80) return 'length-indefinite';
  if (first > 0x82) return 'length-too-long';
  return first > 0x80 && at + first - 0x80 > end ? 'length-truncated' : 'value-truncated';
}

/**
 * Reads the data objects from `from` to `end` and links them. An object is read without a check between its parts and
 * checked once: a byte beyond the array reads as undefined, and no comparison with that is true.
 */
function parseObjects(bytes: Uint8Array, from: number, end: number, depth: number, fault: Fault): Node | undefined {
  if (depth === 0) return fault.set('too-deep', from);
  let head: Node | undefined;
  let last: Node | undefined;
  for (let at = from; at < end; ) {
    const offset = at;
    const first = bytes[at++] as number;
    // EMV Book 3, annex B1: 00 before, between and after data objects has no meaning.
    if (first === 0) continue;
    let tag = first;
    if ((first & 0x1f) === 0x1f) {
      tag = (tag << 8) | (bytes[at++] as number);
      if (tag & 0x80) tag = (tag << 8) | (bytes[at++] as number);
      if (tag & 0x80) return fault.set(explain(bytes, offset, end), offset);
    }
    // EMV Book 3, annex B2: one byte up to 127, else 81 and one or 82 and two bytes; indefinite length is not used.
    let length = bytes[at++] as number;
    if (length > 0x7f) {
      if (length === 0x81) length = bytes[at++] as number;
      else if (length === 0x82) length = ((bytes[at++] as number) << 8) | (bytes[at++] as number);
      else return fault.set(explain(bytes, offset, end), offset);
    }
    const next = at + length;
    if (!(next <= end)) return fault.set(explain(bytes, offset, end), offset);
    let child: Node | undefined;
    if ((first & 0x20) !== 0) {
      child = parseObjects(bytes, at, next, depth - 1, fault);
      if (fault.code !== undefined) return undefined;
    }
    const node = new Node(bytes, tag, offset, at, length, child);
    if (last === undefined) head = node;
    else last.next = node;
    last = node;
    at = next;
  }
  return head;
}

/**
 * Reads BER-TLV as EMV Book 3, annex B has it: tags of up to three bytes, definite lengths of up to three bytes, 00 as
 * padding between objects. Never throws and never reads outside `bytes`; the values are views on them.
 */
export function parseTlv(bytes: Uint8Array, limits: TlvLimits = {}): ParsedTlv {
  const maxBytes = Math.min(limits.maxBytes ?? MAX_BYTES, MAX_BYTES);
  if (bytes.length > maxBytes) return { kind: 'malformed', code: 'too-large', offset: maxBytes };
  const fault = new Fault();
  const head = parseObjects(bytes, 0, bytes.length, limits.maxDepth ?? MAX_DEPTH, fault);
  return fault.code === undefined
    ? { kind: 'parsed', nodes: listOf(head) }
    : { kind: 'malformed', code: fault.code, offset: fault.offset };
}
