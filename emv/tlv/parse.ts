import { MAX_TAG_BYTES, MORE, TAG_CONTINUES, type Tlv, type TlvErrorCode } from './tlv.ts';

/** Templates inside templates; an FCI with directory entries has four levels. */
const MAX_DEPTH = 8;
/** Far above any card answer (256 bytes), and what 16 bits can tell. */
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
 * Four fields in all: a card's answer has dozens of these, and their making is most of a parse. Making the view costs several
 * times as much as the object, so it is made when somebody looks.
 */
class Node implements Tlv {
  // Declared, not defined: a defined field is written as undefined first.
  declare children: readonly Tlv[] | undefined;
  declare private readonly source: Uint8Array;
  /** The tag below, above it the number of bytes of tag and length. */
  declare private readonly head: number;
  /** Where the value starts, above its length: MAX_BYTES lets both fit. */
  declare private readonly span: number;

  constructor(source: Uint8Array, head: number, span: number) {
    this.source = source;
    this.head = head;
    this.span = span;
    this.children = undefined;
  }

  get tag(): number {
    return this.head & 0xffffff;
  }

  get length(): number {
    return this.span & 0xffff;
  }

  get offset(): number {
    return (this.span >>> 16) - (this.head >>> 24);
  }

  get value(): Uint8Array {
    const start = this.span >>> 16;
    return this.source.subarray(start, start + this.length);
  }
}

/** What an empty template holds. */
const NO_OBJECTS: Tlv[] = [];

/** Where and why a parse ended, if it did. */
class Fault {
  code: TlvErrorCode | undefined;
  offset = 0;

  /** What has been read until now; nobody gets it. */
  set(code: TlvErrorCode, offset: number, read: readonly Tlv[]): readonly Tlv[] {
    this.code = code;
    this.offset = offset;
    return read;
  }
}

/** Says why the data object at `offset` does not end before `end`; `readObjects` only sees that it does not. */
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
 * Reads the data objects from `from` to `end`, and those inside them; when they are not well formed, `fault` says why. An
 * object is read without a check between its parts and checked once: a byte beyond the array reads as undefined, and no
 * comparison with that is true.
 */
function readObjects(bytes: Uint8Array, from: number, end: number, depth: number, fault: Fault): readonly Tlv[] {
  let nodes: Tlv[] = NO_OBJECTS;
  if (depth === 0) return fault.set('too-deep', from, nodes);
  for (let at = from; at < end; ) {
    const offset = at;
    const first = bytes[at++] as number;
    // EMV Book 3, annex B1: 00 before, between and after data objects has no meaning.
    if (first === 0) continue;
    let tag = first;
    if ((first & 0x1f) === 0x1f) {
      tag = (tag << 8) | (bytes[at++] as number);
      if ((tag & 0x80) !== 0) {
        tag = (tag << 8) | (bytes[at++] as number);
        if ((tag & 0x80) !== 0) return fault.set(explain(bytes, offset, end), offset, nodes);
      }
    }
    // EMV Book 3, annex B2: one byte up to 127, else 81 and one or 82 and two bytes; indefinite length is not used.
    let length = bytes[at++] as number;
    if (length > 0x7f) {
      if (length === 0x81) length = bytes[at++] as number;
      else if (length === 0x82) length = ((bytes[at++] as number) << 8) | (bytes[at++] as number);
      else return fault.set(explain(bytes, offset, end), offset, nodes);
    }
    const next = at + length;
    if (!(next <= end)) return fault.set(explain(bytes, offset, end), offset, nodes);
    const node = new Node(bytes, tag | ((at - offset) << 24), (at << 16) | length);
    // Most templates hold one object or many: a list made of the first one has room for just that.
    if (nodes === NO_OBJECTS) nodes = [node];
    else nodes.push(node);
    if ((first & 0x20) !== 0) {
      node.children = readObjects(bytes, at, next, depth - 1, fault);
      if (fault.code !== undefined) return nodes;
    }
    at = next;
  }
  return nodes;
}

/**
 * Reads BER-TLV as EMV Book 3, annex B has it: tags of up to three bytes, definite lengths of up to three bytes, 00 as
 * padding between objects. Never throws and never reads outside `bytes`; the values are views on them.
 */
export function parseTlv(bytes: Uint8Array, limits: TlvLimits = {}): ParsedTlv {
  const maxBytes = Math.min(limits.maxBytes ?? MAX_BYTES, MAX_BYTES);
  if (bytes.length > maxBytes) return { kind: 'malformed', code: 'too-large', offset: maxBytes };
  const fault = new Fault();
  const nodes = readObjects(bytes, 0, bytes.length, limits.maxDepth ?? MAX_DEPTH, fault);
  const { code, offset } = fault;
  return code === undefined ? { kind: 'parsed', nodes } : { kind: 'malformed', code, offset };
}
