import { type TagFormat, tagInfo } from '../dictionary/tags.ts';
import { CONSTRUCTED, MAX_TAG_BYTES, MORE, TAG_CONTINUES } from './tlv.ts';

/** One tag and the number of bytes the card wants of it. */
export interface DolEntry {
  readonly tag: number;
  readonly length: number;
}

export type ParsedDol =
  | { readonly kind: 'parsed'; readonly entries: readonly DolEntry[] }
  | {
      readonly kind: 'malformed';
      readonly code: 'too-large' | 'tag-truncated' | 'tag-too-long' | 'length-truncated' | 'values-too-long';
      readonly offset: number;
    };

/** A DOL comes in one card answer. */
const MAX_DOL_BYTES = 255;
/** What fits a short command with its 83 81 LL around it. */
const MAX_VALUE_BYTES = 252;

/** Reads a data object list: tags of up to three bytes, each with a length of one byte (EMV Book 3, §5.4). Never throws. */
export function parseDol(bytes: Uint8Array): ParsedDol {
  if (bytes.length > MAX_DOL_BYTES) return { kind: 'malformed', code: 'too-large', offset: MAX_DOL_BYTES };
  const entries: DolEntry[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    const offset = at;
    let tag = bytes[at++] ?? 0;
    for (let more = (tag & TAG_CONTINUES) === TAG_CONTINUES; more; ) {
      const next = bytes[at++];
      if (next === undefined) return { kind: 'malformed', code: 'tag-truncated', offset };
      if (at - offset > MAX_TAG_BYTES) return { kind: 'malformed', code: 'tag-too-long', offset };
      tag = tag * 256 + next;
      more = (next & MORE) !== 0;
    }
    const length = bytes[at++];
    if (length === undefined) return { kind: 'malformed', code: 'length-truncated', offset };
    total += length;
    if (total > MAX_VALUE_BYTES) return { kind: 'malformed', code: 'values-too-long', offset };
    entries.push({ tag, length });
  }
  return { kind: 'parsed', entries };
}

const isConstructed = (tag: number): boolean => {
  const first = tag > 0xffff ? tag >> 16 : tag > 0xff ? tag >> 8 : tag;
  return (first & CONSTRUCTED) !== 0;
};

/**
 * Writes one value in the length the card wants (EMV Book 3, §5.4): numbers keep their right end and are filled with
 * leading zeros; everything else keeps its left end and is filled behind, compressed numeric with F, the rest with zeros.
 */
function justify(target: Uint8Array, at: number, length: number, value: Uint8Array, format: TagFormat): void {
  if (value.length === length) {
    target.set(value, at);
    return;
  }
  if (format === 'n') {
    const kept = value.subarray(Math.max(0, value.length - length));
    target.set(kept, at + length - kept.length);
    return;
  }
  const kept = value.subarray(0, length);
  target.set(kept, at);
  if (format === 'cn') target.fill(0xff, at + kept.length, at + length);
}

/** The values a DOL asks for, in its order, without tags. What `lookup` does not know is zeros (EMV Book 3, §5.4). */
export function buildDol(entries: readonly DolEntry[], lookup: (tag: number) => Uint8Array | undefined): Uint8Array {
  let total = 0;
  for (const { length } of entries) total += length;
  const values = new Uint8Array(total);
  let at = 0;
  for (const { tag, length } of entries) {
    const value = isConstructed(tag) ? undefined : lookup(tag);
    if (value !== undefined) justify(values, at, length, value, tagInfo(tag)?.format ?? 'b');
    at += length;
  }
  return values;
}
