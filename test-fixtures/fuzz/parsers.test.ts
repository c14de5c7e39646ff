import { byteFuzzerOf } from './byte-fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { parsers } from './targets.ts';

fuzzSuite(
  'a parser of emv with bytes of any kind',
  parsers().map((target) => [byteFuzzerOf(target), 12_000]),
);
