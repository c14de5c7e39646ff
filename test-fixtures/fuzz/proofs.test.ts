import { byteFuzzerOf } from './byte-fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { proofs } from './targets.ts';

fuzzSuite(
  'certificates, signatures and PIN blocks that were changed',
  proofs().map((target) => [byteFuzzerOf(target), 400]),
);
