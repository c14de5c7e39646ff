import { expect, it } from 'vitest';
import { isSumOfSome } from './compare.ts';

it.each([
  [0, [], true],
  [1, [], false],
  [-1, [1], false],
  [2, [1, 1, 6], true],
  [8, [1, 1, 6], true],
  [3, [1, 1, 6], false],
])('%i out of %j: %s', (total, amounts, expected) => {
  expect(isSumOfSome(total, amounts)).toBe(expected);
});
