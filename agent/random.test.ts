import { expect, it } from 'vitest';
import { hex } from '../emv/values/index.ts';
import { fraction, uuid } from './random.ts';

it.each([
  ['00000000', 0],
  ['80000000', 0.5],
  ['FFFFFFFF', 1 - 2 ** -32],
])('%s is the fraction %f', (bytes, expected) => {
  expect(fraction(() => hex(bytes))).toBe(expected);
});

it.each([
  ['00112233445566778899AABBCCDDEEFF', '00112233-4455-4677-8899-aabbccddeeff'],
  ['FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
])('%s is the UUID %s', (bytes, expected) => {
  expect(uuid(() => hex(bytes))).toBe(expected);
});
