import { describe, expect, it } from 'vitest';
import { growthOf, type Measured } from './growth.ts';

const MIB = 1024 * 1024;

/** 40 samples of which each thing is what the function says. */
const run = (at: (n: number) => Partial<Measured>): Measured[] =>
  Array.from({ length: 40 }, (_, n) => ({
    payments: n * 500,
    heapBytes: 40 * MIB,
    rssBytes: 120 * MIB,
    files: 40,
    handles: 20,
    listeners: 12,
    ...at(n),
  }));

const grown = (samples: readonly Measured[]): string[] =>
  (growthOf(samples) ?? []).filter(({ hasGrown }) => hasGrown).map(({ what }) => what);

describe('growth in a soak', () => {
  it.each<[string, (n: number) => Partial<Measured>, string[]]>([
    ['nothing changes', () => ({}), []],
    ['caches fill at the start', (n) => ({ heapBytes: (n < 10 ? 10 + 3 * n : 40) * MIB }), []],
    ['it goes up and down', (n) => ({ files: 40 + (n % 3) }), []],
    ['memory leaks slowly', (n) => ({ heapBytes: (40 + n / 4) * MIB }), ['heapBytes']],
    ['a file stays open now and then', (n) => ({ files: 40 + Math.floor(n / 4) }), ['files']],
    ['a listener stays now and then', (n) => ({ listeners: 12 + Math.floor(n / 6) }), ['listeners']],
    ['timers stay', (n) => ({ handles: 20 + n }), ['handles']],
    ['one sample is far off', (n) => ({ rssBytes: (n === 38 ? 900 : 120) * MIB }), []],
  ])('%s', (_, at, expected) => {
    expect(grown(run(at))).toEqual(expected);
  });

  it('is not judged by a few samples', () => {
    expect(growthOf(run(() => ({})).slice(0, 3))).toBeUndefined();
  });
});
