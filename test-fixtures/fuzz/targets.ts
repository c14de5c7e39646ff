import { type ByteTarget, byteFuzzerOf } from './byte-fuzz.ts';
import { ENTRY_POINTS } from './entry-points.ts';
import { type Fuzzer, fuzzerOf } from './fuzz.ts';
import { genuinePurchases, openPayments } from './genuine-taps.ts';
import { liveEntry } from './live-card.ts';
import { parserTargets } from './parser-targets.ts';
import { proofTargets } from './proof-targets.ts';
import { SAMPLE_RECORDS } from './sample-records.ts';
import { storedTargets } from './stored-targets.ts';

/** Cards whose chains are usual, old, and long, and one whose bytes nobody here has made. */
const PROVING: readonly string[] = ['rich 1280', 'fdda-00 100', 'long-chain 100', 'golden MODERN'];

export const parsers = (): readonly ByteTarget[] => parserTargets(genuinePurchases());
export const proofs = (): readonly ByteTarget[] =>
  proofTargets(genuinePurchases().filter(({ name }) => PROVING.includes(name)));
export const stored = (): readonly ByteTarget[] =>
  storedTargets({ intents: openPayments().map(({ intent }) => intent), records: SAMPLE_RECORDS });

/** Everything that is fuzzed: for the long run. */
export function allFuzzers(): readonly Fuzzer[] {
  const targets = [...parsers(), ...proofs(), ...stored()];
  return [...[...ENTRY_POINTS, liveEntry].map((entry) => fuzzerOf(entry())), ...targets.map(byteFuzzerOf)];
}
