import { CONSTRUCTED, MAX_TAG_BYTES, MORE, TAG_CONTINUES, type Tlv, type TlvErrorCode } from './tlv.ts';

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

/** Numbers only: making the view costs several times the parse of the object, so it is made when somebody looks. */
class Node implements Tlv {
  // Declared, not defined: a defined field is written as undefined first, and these are many.
  declare readonly tag: number;
  declare readonly offset: number;
  declare readonly length: number;
  declare private readonly source: Uint8Array;
  declare private readonly start: number;

  constructor(source: Uint8Array, tag: number, offset: number, start: number, length: number) {
    this.source = source;
    this.tag = tag;
    this.offset = offset;
    this.start = start;
    this.length = length;
  }

  get value(): Uint8Array {
    return this.source.subarray(this.start, this.start + this.length);
  }

  get children(): readonly Tlv[] | undefined {
    const constructed = ((this.source[this.offset] ?? 0) & CONSTRUCTED) !== 0;
    return constructed ? listObjects(this.source, this.start, this.start + this.length) : undefined;
  }
}

/** Lists the data objects from `from` to `end`, which `checkObjects` has found to be well formed. */
function listObjects(bytes: Uint8Array, from: number, end: number): readonly Tlv[] {
  const nodes: Tlv[] = [];
  for (let at = from; at < end; ) {
    const offset = at;
    let tag = bytes[at++] as number;
    if (tag === 0) continue;
    if ((tag & 0x1f) === 0x1f) {
      tag = (tag << 8) | (bytes[at++] as number);
      if (tag & 0x80) tag = (tag << 8) | (bytes[at++] as number);
    }
    let length = bytes[at++] as number;
    if (length === 0x81) length = bytes[at++] as number;
    else if (length === 0x82) length = ((bytes[at++] as number) << 8) | (bytes[at++] as number);
    nodes.push(new Node(bytes, tag, offset, at, length));
    at += length;
  }
  return nodes;
}

/** Where and why a parse ended. */
class Fault {
  code: TlvErrorCode = 'too-deep';
  offset = 0;

  /** Always false: "not well formed". */
  set(code: TlvErrorCode, offset: number): false {
    this.code = code;
    this.offset = offset;
    return false;
  }
}

/** Says why the data object at `offset` does not end before `end`; `checkObjects` only sees that it does not. */
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
 * Are the data objects from `from` to `end`, and those inside them, well formed? If not, `fault` says why. An object is read
 * without a check between its parts and checked once: a byte beyond the array reads as undefined, and no comparison with
 * that is true.
 */
function checkObjects(bytes: Uint8Array, from: number, end: number, depth: number, fault: Fault): boolean {
  if (depth === 0) return fault.set('too-deep', from);
  for (let at = from; at < end; ) {
    const offset = at;
    const first = bytes[at++] as number;
    // EMV Book 3, annex B1: 00 before, between and after data objects has no meaning.
    if (first === 0) continue;
    if ((first & 0x1f) === 0x1f && (bytes[at++] as number) & 0x80 && (bytes[at++] as number) & 0x80) {
      return fault.set(explain(bytes, offset, end), offset);
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
    if ((first & 0x20) !== 0 && !checkObjects(bytes, at, next, depth - 1, fault)) return false;
    at = next;
  }
  return true;
}

/**
 * Reads BER-TLV as EMV Book 3, annex B has it: tags of up to three bytes, definite lengths of up to three bytes, 00 as
 * padding between objects. Never throws and never reads outside `bytes`; the values are views on them.
 */
export function parseTlv(bytes: Uint8Array, limits: TlvLimits = {}): ParsedTlv {
  const maxBytes = Math.min(limits.maxBytes ?? MAX_BYTES, MAX_BYTES);
  if (bytes.length > maxBytes) return { kind: 'malformed', code: 'too-large', offset: maxBytes };
  const fault = new Fault();
  return checkObjects(bytes, 0, bytes.length, limits.maxDepth ?? MAX_DEPTH, fault)
    ? { kind: 'parsed', nodes: listObjects(bytes, 0, bytes.length) }
    : { kind: 'malformed', code: fault.code, offset: fault.offset };
}
