import { tagInfo } from '../dictionary/index.ts';
import { parseTlv, type Tlv } from '../tlv/index.ts';
import { toHex } from '../values/index.ts';
import { maskByContent, maskByTag, pansIn } from './sensitive.ts';
import { tagHex } from './tag-hex.ts';
import { type Meaning, meaningOf } from './value.ts';

/** One data object in words. */
export interface DecodedObject extends Meaning {
  /** Upper-case hex. */
  readonly tag: string;
  /** The standard's name; null where the dictionary does not have the tag. */
  readonly name: string | null;
  /** Where the tag starts, from 0, and the bytes of the value. */
  readonly offset: number;
  readonly length: number;
  /** Hex; a star for each digit that is hidden. Absent for a template. */
  readonly value?: string;
  /** The value, or a part of it, is hidden. */
  readonly masked?: true;
  readonly children?: readonly DecodedObject[];
}

export type DecodedTree =
  | { readonly kind: 'decoded'; readonly objects: readonly DecodedObject[] }
  | { readonly kind: 'malformed'; readonly offset: number; readonly problem: string };

/** `showPan`: also show what names the cardholder (PAN, track, names, the card's certificates). */
export interface TreeOptions {
  readonly showPan?: boolean;
  /** PANs that are known from elsewhere, digits: hidden wherever they stand. */
  readonly pans?: readonly string[];
}

/** @param pans those that must not be shown; undefined shows everything */
function objectWords(node: Tlv, pans: readonly string[] | undefined): DecodedObject {
  const { tag, offset, length, children } = node;
  const head = { tag: tagHex(tag), name: tagInfo(tag)?.name ?? null, offset, length };
  if (children !== undefined) return { ...head, children: children.map((child) => objectWords(child, pans)) };
  const { value } = node;
  const masked = pans && value.length > 0 ? (maskByTag(tag, value) ?? maskByContent(pans, value)) : undefined;
  if (masked !== undefined) return { ...head, ...masked, masked: true };
  return { ...head, value: toHex(value), ...meaningOf(tag, value) };
}

/** BER-TLV as a tree of names, values and what they say. Never throws. */
export function decodeTree(bytes: Uint8Array, options: TreeOptions = {}): DecodedTree {
  const parsed = parseTlv(bytes);
  if (parsed.kind === 'malformed') {
    return { kind: 'malformed', offset: parsed.offset, problem: `no BER-TLV: ${parsed.code}` };
  }
  const pans = options.showPan === true ? undefined : [...pansIn(parsed.nodes), ...(options.pans ?? [])];
  return { kind: 'decoded', objects: parsed.nodes.map((node) => objectWords(node, pans)) };
}

/** Is anything in the tree hidden? */
export function isMasked(objects: readonly DecodedObject[]): boolean {
  return objects.some(({ masked, children }) => masked === true || (children !== undefined && isMasked(children)));
}
