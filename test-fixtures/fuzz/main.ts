import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Fuzzer } from './fuzz.ts';
import { allFuzzers } from './targets.ts';

/*
 * The long run: `npm run fuzz -- --minutes 10 --seed 7 --only purchase`. All fuzzers take turns until the time is over; the
 * first input that breaks a rule ends it with exit code 1, its seed and the smallest conversation that still does.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** How long a fuzzer has its turn: two thirds of the time are the kernel's. */
const TURNS_MS = { cards: 8 * SECOND_MS, bytes: SECOND_MS / 2 } as const;

const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const untilMs = performance.now() + Number(values.minutes) * MINUTE_MS;
const only = values.only?.split(',');
const chosen = allFuzzers().filter(({ name }) => only === undefined || only.some((part) => name.includes(part)));
if (chosen.length === 0 || !Number.isInteger(seed) || Number.isNaN(untilMs)) {
  console.error('usage: npm run fuzz -- [--minutes 10] [--seed 7] [--only purchase,load]');
  process.exit(2);
}

const tried = new Map(chosen.map((fuzzer) => [fuzzer, 0]));

/** One turn; false when a rule was broken. */
function takeTurn(fuzzer: Fuzzer): boolean {
  const endMs = Math.min(performance.now() + TURNS_MS[fuzzer.kind], untilMs);
  let n = tried.get(fuzzer) ?? 0;
  for (; performance.now() < endMs; n++) {
    const finding = fuzzer.try(seed, n);
    if (finding !== undefined) {
      console.error(finding.report);
      return false;
    }
  }
  tried.set(fuzzer, n);
  return true;
}

const sumOf = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);

let sound = true;
let toldMs = performance.now();
while (sound && performance.now() < untilMs) {
  for (const fuzzer of chosen) {
    sound &&= takeTurn(fuzzer);
  }
  if (performance.now() - toldMs > MINUTE_MS) {
    toldMs = performance.now();
    console.info(`fuzz: ${sumOf(tried.values())} inputs so far, seed ${seed}`);
  }
}
for (const [{ name }, count] of tried) console.info(`  ${String(count).padStart(9)} ${name}`);
console.info(`fuzz: ${sumOf(tried.values())} inputs, seed ${seed}`);
process.exitCode = sound ? 0 : 1;
