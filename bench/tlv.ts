import { parseTlv } from '../emv/tlv/index.ts';
import { concat, hex } from '../emv/values/index.ts';
import type { Contestant } from './rounds.ts';

/** A record of an ordinary card, 215 bytes: what cards put beside a key of 1024 bits. */
export const RECORD: Uint8Array = concat(
  hex('7081D4'),
  hex('5A0A6299990000001234567F 5F2403491231 5F2503200101 5F28020156 5F340101 9F0702FF00 9F08020030'),
  hex('9F0D05D8603CA800 9F0E050010800000 9F0F05D8683CF800 8E0A00000000000000001F00 9F4A0182 9F42020156'),
  hex('5F30020201 9F470103'),
  hex('9F4670'),
  new Uint8Array(112).fill(0xa5),
);

/** Reads the record as the kernel does, and looks at every object. */
export function parsing(record: Uint8Array): Contestant & { readonly name: 'parseTlv' } {
  return {
    name: 'parseTlv',
    work: () => {
      const parsed = parseTlv(record);
      let sum = 0;
      if (parsed.kind === 'malformed') return sum;
      for (const node of parsed.nodes[0]?.children ?? []) sum += node.tag + node.length;
      return sum;
    },
  };
}

/** Where a value starts, for each object from `from` to `end` and those inside them; false when the bytes are no TLV. */
function walk(bytes: Uint8Array, from: number, end: number, offsets: number[]): boolean {
  for (let at = from; at < end; ) {
    const first = bytes[at++] as number;
    if (first === 0) continue;
    if ((first & 0x1f) === 0x1f && (bytes[at++] as number) & 0x80 && (bytes[at++] as number) & 0x80) return false;
    let length = bytes[at++] as number;
    if (length > 0x7f) {
      if (length === 0x81) length = bytes[at++] as number;
      else if (length === 0x82) length = ((bytes[at++] as number) << 8) | (bytes[at++] as number);
      else return false;
    }
    const next = at + length;
    if (!(next <= end)) return false;
    offsets.push(at);
    if ((first & 0x20) !== 0 && !walk(bytes, at, next, offsets)) return false;
    at = next;
  }
  return true;
}

/** What no reading of TLV can do without: the same grammar and the same checks, and of each object nothing but its offset. */
export function walking(record: Uint8Array): Contestant & { readonly name: 'bare walker' } {
  return {
    name: 'bare walker',
    work: () => {
      const offsets: number[] = [];
      return walk(record, 0, record.length, offsets) ? offsets : undefined;
    },
  };
}
