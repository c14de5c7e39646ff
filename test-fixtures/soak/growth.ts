import type { Sample } from './sample.ts';

/** A sample, and after how many payments it was taken. */
export interface Measured extends Sample {
  readonly payments: number;
}

const MIB = 1024 * 1024;

/** What a soak may end with above what it had when it was warm: a share, and something for small numbers. */
const ALLOWED: { readonly [K in keyof Sample]: { readonly share: number; readonly more: number } } = {
  heapBytes: { share: 0.1, more: 4 * MIB },
  rssBytes: { share: 0.15, more: 16 * MIB },
  files: { share: 0, more: 3 },
  handles: { share: 0, more: 4 },
  listeners: { share: 0, more: 2 },
};

/** The first samples, in which caches fill: a share of all. */
const WARM_UP = 0.3;
/** How many samples stand for the beginning, and for the end. */
const SHARE_OF_REST = 0.3;

export interface Growth {
  readonly what: keyof Sample;
  readonly before: number;
  readonly after: number;
  readonly allowed: number;
  readonly hasGrown: boolean;
}

/** The middle of the values; NaN of none. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Compares the end of a soak with its beginning, once it was warm. Undefined with too few samples to tell. */
export function growthOf(samples: readonly Measured[]): readonly Growth[] | undefined {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const count = Math.floor(warm.length * SHARE_OF_REST);
  if (count < 1) return undefined;
  return (Object.keys(ALLOWED) as (keyof Sample)[]).map((what) => {
    const [before, after] = [warm.slice(0, count), warm.slice(-count)].map((part) => median(part.map((s) => s[what])));
    if (before === undefined || after === undefined) throw new RangeError('no samples');
    const allowed = before + Math.max(ALLOWED[what].more, before * ALLOWED[what].share);
    return { what, before, after, allowed, hasGrown: after > allowed };
  });
}
