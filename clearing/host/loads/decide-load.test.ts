import { expect, it } from 'vitest';
import { GAP_GRACE_MS } from '../batches/undecided.ts';
import { decideLoad } from './decide-load.ts';

const LOAD = { atc: 7, amountMinor: 10_000, balanceBeforeMinor: 3_750 };
const WAITED = GAP_GRACE_MS;

it.each([
  ['more by the amount', 8, 13_750, 0, 'loaded'],
  ['as before', 8, 3_750, 0, 'not-loaded'],
  ['neither', 8, 3_751, 0, undefined],
  ['more by the amount behind a gap', 9, 13_750, 0, undefined],
  ['as before behind a gap', 9, 3_750, 0, undefined],
  ['as before behind a gap that nothing fills any more', 9, 3_750, WAITED, 'not-loaded'],
  ['more by the amount behind such a gap', 9, 13_750, WAITED, 'loaded'],
  ['a moment before that', 9, 13_750, WAITED - 1, undefined],
  ['less behind such a gap', 9, 1_250, WAITED, undefined],
] as const)('%s', (_title, atc, balanceBeforeMinor, knownForMs, expected) => {
  expect(decideLoad(LOAD, { atc, balanceBeforeMinor, knownForMs })).toBe(expected);
});
