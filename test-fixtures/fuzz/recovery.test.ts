import { recoveryEntry, tornEntry } from './entry-points.ts';
import { fuzzerOf } from './fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';

fuzzSuite('a recovery with a hostile card', [
  [fuzzerOf(recoveryEntry()), 1_250],
  [fuzzerOf(tornEntry()), 500],
]);
