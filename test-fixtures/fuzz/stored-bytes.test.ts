import { byteFuzzerOf } from './byte-fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { stored } from './targets.ts';

/** An envelope to the host costs an SM2 key agreement. */
const SLOW = 'envelope to the host';

fuzzSuite(
  'intents, records and envelopes that were changed',
  stored().map((target) => [byteFuzzerOf(target), target.name === SLOW ? 150 : 2_000]),
);
