import { afterAll, describe, it } from 'vitest';
import { type Fuzzer, fuzz } from './fuzz.ts';

/** The seed of the normal test run: the same inputs every time. `npm run fuzz` tries others. */
const SEED = 20_250_601;
/** Far above what it takes, for machines that have much else to do. */
const TIMEOUT_MS = 300_000;

/** One test a fuzzer, with so many inputs; says at the end how many were tried. */
export function fuzzSuite(title: string, runs: readonly (readonly [fuzzer: Fuzzer, count: number])[]): void {
  describe(title, () => {
    let tried = 0;
    for (const [fuzzer, count] of runs) {
      it(
        `${fuzzer.name}: ${count} inputs`,
        () => {
          fuzz(fuzzer, { seed: SEED, count });
          tried += count;
        },
        TIMEOUT_MS,
      );
    }
    afterAll(() => console.info(`fuzz: ${tried} inputs, seed ${SEED} (${title})`));
  });
}
