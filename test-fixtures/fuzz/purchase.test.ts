import { purchaseEntry, sm2PurchaseEntry } from './entry-points.ts';
import { fuzzerOf } from './fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';

fuzzSuite('a purchase with a hostile card', [
  [fuzzerOf(purchaseEntry()), 1_000],
  [fuzzerOf(sm2PurchaseEntry()), 100],
]);
