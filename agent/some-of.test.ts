import { expect, it } from 'vitest';
import { someOf } from './some-of.ts';

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a; b'],
  [['a', 'b', 'c', 'd'], 'a; b, and 2 more'],
])('%j in a sentence', (items, said) => {
  expect(someOf(items, 2, '; ')).toBe(said);
});
