import { byteFuzzerOf } from './byte-fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { parsers, tools } from './targets.ts';

fuzzSuite(
  'a parser of emv with bytes of any kind',
  parsers().map((target) => [byteFuzzerOf(target), 5_000]),
);

/** These write a file, or run the kernel over what they have read. */
const SLOW: readonly string[] = ['CA key file', 'recording', 'redaction'];

fuzzSuite(
  'readers of lists, scripts, codes, recordings and key files',
  tools().map((target) => [byteFuzzerOf(target), SLOW.includes(target.name) ? 150 : 3_500]),
);
