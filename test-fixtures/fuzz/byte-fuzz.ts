import { toHex } from '../../emv/values/index.ts';
import { Draw } from './draw.ts';
import type { Finding, Fuzzer } from './fuzz.ts';
import { NOTHING_KNOWN } from './ingredients.ts';
import { mutateBytes, mutateBytesOften } from './mutate-bytes.ts';
import { mutateTlv } from './mutate-tlv.ts';

/** A reader of bytes, and what must hold of it for any bytes. */
export interface ByteTarget {
  readonly name: string;
  /** Good bytes, from which bad ones are made. */
  readonly seeds: readonly Uint8Array[];
  /** What is wrong, if anything. What it throws is wrong as well. */
  check(bytes: Uint8Array, draw: Draw): string | undefined;
}

const LONGEST_RANDOM = 300;

/** One input: a changed seed most often, else bytes without a meaning. */
function inputOf(draw: Draw, seeds: readonly Uint8Array[]): Uint8Array {
  if (seeds.length === 0 || draw.oneIn(6)) return draw.bytes(draw.below(draw.oneIn(4) ? LONGEST_RANDOM : 24));
  const seed = draw.pick(seeds);
  if (draw.oneIn(16)) return seed;
  const changed = draw.oneIn(2) ? mutateTlv(seed, draw, NOTHING_KNOWN) : undefined;
  return changed ?? mutateBytesOften(seed, draw);
}

function wrongWith(target: ByteTarget, bytes: Uint8Array, draw: Draw): string | undefined {
  try {
    return target.check(bytes, draw);
  } catch (thrown) {
    return `threw ${String(thrown)}`;
  }
}

const MOST_TRIES = 400;

/** Fewer bytes that are still wrong: any change that makes them fewer is kept. */
function shorter(target: ByteTarget, bytes: Uint8Array, draw: Draw): Uint8Array {
  let smallest = bytes;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const candidate = mutateBytes(smallest, draw);
    if (candidate.length < smallest.length && wrongWith(target, candidate, draw) !== undefined) smallest = candidate;
  }
  return smallest;
}

export function byteFuzzerOf(target: ByteTarget): Fuzzer {
  return {
    name: target.name,
    kind: 'bytes',
    try: (seed, n): Finding | undefined => {
      const draw = Draw.ofInput(seed, n);
      const bytes = inputOf(draw, target.seeds);
      const wrong = wrongWith(target, bytes, draw);
      if (wrong === undefined) return undefined;
      const least = shorter(target, bytes, draw);
      const faults = [wrongWith(target, least, draw) ?? wrong];
      return { faults, report: `fuzz: ${target.name}, seed ${seed}, input ${n}: ${toHex(least)}\n  ${faults[0]}` };
    },
  };
}
