import { concat, hex } from '../../emv/values/index.ts';

/**
 * BER-TLV once more (EMV Book 3, annex B), for the fuzzer alone: it takes answers apart, lets them be changed in any way and
 * puts them together again, and it is what the kernel's reader is compared with. It shares code with nobody.
 */
export interface Branch {
  /** One to three bytes as a number. */
  tag: number;
  /** Value of a primitive data object, or the data objects inside a constructed one. */
  body: Uint8Array | Branch[];
  /** The length as it is to be written, right or wrong; absent: the shortest right one. */
  lengthField?: Uint8Array;
}

const MAX_DEPTH = 8;

/** One data object's head: tag, where its value starts, its length; undefined when the bytes end first or say nonsense. */
function readHead(bytes: Uint8Array, start: number): { tag: number; from: number; length: number } | undefined {
  let tag = bytes[start] ?? 0;
  let from = start + 1;
  if (tag % 32 === 31) {
    let more = true;
    for (let further = 0; more; further++) {
      const byte = bytes[from++];
      if (byte === undefined || further === 2) return undefined;
      tag = tag * 256 + byte;
      more = byte >= 128;
    }
  }
  const first = bytes[from++];
  if (first === undefined || first === 0x80 || first > 0x82) return undefined;
  if (first < 0x80) return { tag, from, length: first };
  const width = first - 0x80;
  if (from + width > bytes.length) return undefined;
  const [high = 0, low = 0] = bytes.subarray(from, from + width);
  return { tag, from: from + width, length: width === 1 ? high : high * 256 + low };
}

/** Reads bytes as data objects, 00 between them skipped; undefined when they are none, or nest deeper than eight levels. */
export function readTree(bytes: Uint8Array, depth = MAX_DEPTH): Branch[] | undefined {
  if (depth === 0) return undefined;
  const branches: Branch[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0) {
      at += 1;
      continue;
    }
    const head = readHead(bytes, at);
    if (head === undefined || head.from + head.length > bytes.length) return undefined;
    const constructed = ((bytes[at] ?? 0) & 0x20) === 0x20;
    at = head.from + head.length;
    const value = bytes.subarray(head.from, at);
    const inner = constructed ? readTree(value, depth - 1) : undefined;
    if (constructed && inner === undefined) return undefined;
    branches.push({ tag: head.tag, body: inner ?? value });
  }
  return branches;
}

function shortestLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100 ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, (length >> 8) & 0xff, length & 0xff);
}

function tagBytes(tag: number): Uint8Array {
  const digits = tag.toString(16);
  return hex(digits.padStart(digits.length + (digits.length % 2), '0'));
}

/** Writes data objects; whatever has a length of its own says that one. */
export function writeTree(branches: readonly Branch[]): Uint8Array {
  const parts = branches.flatMap(({ tag, body, lengthField }) => {
    const value = body instanceof Uint8Array ? body : writeTree(body);
    return [tagBytes(tag), lengthField ?? shortestLength(value.length), value];
  });
  return concat(...parts);
}

/** Every place in the tree: the list that a data object stands in, and where. */
export function placesIn(branches: Branch[]): { siblings: Branch[]; at: number }[] {
  return branches.flatMap((branch, at) => [
    { siblings: branches, at },
    ...(branch.body instanceof Uint8Array ? [] : placesIn(branch.body)),
  ]);
}

/** The primitive data objects, outermost first, in their order. */
export function leavesOf(branches: readonly Branch[]): { tag: number; value: Uint8Array }[] {
  return branches.flatMap(({ tag, body }) => (body instanceof Uint8Array ? [{ tag, value: body }] : leavesOf(body)));
}
