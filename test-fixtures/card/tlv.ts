import { concat, hex } from '../../emv/values/index.ts';

/** The card's own BER-TLV: shared with nobody, so that card and terminal do not share its mistakes. */
export interface TlvNode {
  /** 0x82, 0x9F36, 0xBF0C. */
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Tag bytes of a tag given as a number. */
function tagBytes(tag: number): Uint8Array {
  const digits = tag.toString(16);
  return hex(digits.length % 2 === 0 ? digits : `0${digits}`);
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100 ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

/** Encodes one data object; several parts are joined as its value. Values up to 65535 bytes. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const value = concat(...parts);
  return concat(tagBytes(tag), lengthBytes(value.length), value);
}

/** Reads the tag of one or two bytes at `at`, and where it ends; undefined when the bytes end first. */
function readTag(bytes: Uint8Array, at: number): readonly [tag: number, next: number] | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if ((first & 0x1f) !== 0x1f) return [first, at + 1];
  const second = bytes[at + 1];
  return second === undefined ? undefined : [(first << 8) | second, at + 2];
}

function readLength(bytes: Uint8Array, at: number): readonly [length: number, next: number] | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return [first, at + 1];
  const next = at + 1 + (first & 0x7f);
  const length = bytes.subarray(at + 1, next).reduce((value, byte) => value * 256 + byte, 0);
  return first === 0x80 || first > 0x82 || next > bytes.length ? undefined : [length, next];
}

/** Splits a string of data objects (one level, tags of one or two bytes); undefined when it is not one. */
export function splitTlv(bytes: Uint8Array): TlvNode[] | undefined {
  const nodes: TlvNode[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readTag(bytes, at);
    const length = tag && readLength(bytes, tag[1]);
    if (!tag || !length || length[1] + length[0] > bytes.length) return undefined;
    at = length[1] + length[0];
    nodes.push({ tag: tag[0], value: bytes.subarray(length[1], at) });
  }
  return nodes;
}

/** One entry of a DOL. */
export interface DolEntry {
  readonly tag: number;
  readonly length: number;
}

/** Splits a data object list that was personalised into the card. Throws RangeError when it is none. */
export function splitDol(bytes: Uint8Array): DolEntry[] {
  const entries: DolEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readTag(bytes, at);
    const length = tag && bytes[tag[1]];
    if (!tag || length === undefined) throw new RangeError(`not a DOL at ${at}`);
    entries.push({ tag: tag[0], length });
    at = tag[1] + 1;
  }
  return entries;
}
