import { concat } from '../../emv/values/index.ts';
import type { Draw } from './draw.ts';

/** Makes other bytes of some bytes, without knowing what they mean. The input is left as it is. */
type ByteMutation = (bytes: Uint8Array, draw: Draw) => Uint8Array;

/** Bytes at which readers stumble: ends, signs, length forms, templates. */
const TELLING = [0x00, 0x01, 0x1f, 0x20, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x9f, 0xff] as const;
const MOST_ADDED = 64;

function withByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = bytes.slice();
  if (changed.length > 0) changed[at] = byte;
  return changed;
}

const BYTE_MUTATIONS: Readonly<{ [name: string]: ByteMutation }> = {
  'flips a bit': (bytes, draw) => {
    const at = draw.below(bytes.length);
    return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << draw.below(8)));
  },
  'sets a byte': (bytes, draw) => withByte(bytes, draw.below(bytes.length), draw.byte()),
  'sets a telling byte': (bytes, draw) => withByte(bytes, draw.below(bytes.length), draw.pick(TELLING)),
  'adds or takes one': (bytes, draw) => {
    const at = draw.below(bytes.length);
    return withByte(bytes, at, (bytes[at] ?? 0) + (draw.oneIn(2) ? 1 : -1));
  },
  'ends early': (bytes, draw) => bytes.slice(0, draw.below(bytes.length)),
  'begins late': (bytes, draw) => bytes.slice(draw.below(bytes.length)),
  'goes on at random': (bytes, draw) => concat(bytes, draw.bytes(1 + draw.below(MOST_ADDED))),
  'goes on with zeros': (bytes, draw) => concat(bytes, new Uint8Array(1 + draw.below(MOST_ADDED))),
  'loses a piece': (bytes, draw) => {
    const from = draw.below(bytes.length);
    return concat(bytes.subarray(0, from), bytes.subarray(from + 1 + draw.below(8)));
  },
  'repeats a piece': (bytes, draw) => {
    const from = draw.below(bytes.length);
    const piece = bytes.subarray(from, from + 1 + draw.below(MOST_ADDED));
    return concat(bytes.subarray(0, from), piece, bytes.subarray(from));
  },
  'inserts bytes': (bytes, draw) => {
    const at = draw.below(bytes.length + 1);
    return concat(bytes.subarray(0, at), draw.bytes(1 + draw.below(8)), bytes.subarray(at));
  },
  'swaps two pieces': (bytes, draw) => {
    const [a, b, c] = [draw, draw, draw].map((one) => one.below(bytes.length + 1)).sort((x, y) => x - y);
    return concat(bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c));
  },
  'is all alike': (bytes, draw) => new Uint8Array(bytes.length).fill(draw.pick(TELLING)),
  'is random': (bytes, draw) => draw.bytes(bytes.length),
};

const ALL = Object.values(BYTE_MUTATIONS);

/** One change at random. */
export function mutateBytes(bytes: Uint8Array, draw: Draw): Uint8Array {
  return draw.pick(ALL)(bytes, draw);
}

/** One change, seldom more. */
export function mutateBytesOften(bytes: Uint8Array, draw: Draw): Uint8Array {
  let changed = mutateBytes(bytes, draw);
  while (draw.oneIn(4)) changed = mutateBytes(changed, draw);
  return changed;
}
