import { recoveryEntry, tornEntry } from './entry-points.ts';
import { fuzzerOf } from './fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';

fuzzSuite('a recovery with a hostile card', [
  [fuzzerOf(recoveryEntry()), 5_000],
  [fuzzerOf(tornEntry()), 2_000],
]);
