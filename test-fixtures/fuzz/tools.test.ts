import { byteFuzzerOf } from './byte-fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { tools } from './targets.ts';

/** These write a file, or run the kernel over what they have read. */
const SLOW: readonly string[] = ['CA key file', 'recording', 'redaction'];

fuzzSuite(
  'readers of lists, scripts, codes, recordings and key files',
  tools().map((target) => [byteFuzzerOf(target), SLOW.includes(target.name) ? 1_000 : 10_000]),
);
