import type { CaPublicKey } from '../../emv/oda/index.ts';
import { hex } from '../../emv/values/index.ts';
import { type TestSm2Key, testSm2Key } from './sm2-key.ts';
import { type TestKey, testKey } from './test-key.ts';

/**
 * F1 and F2: the roots of the test scheme; UnionPay's own indexes lie below 80.
 * unknown: names index F9, which no terminal holds.
 * rogue: names F1 and signs with a key of its own, so that nothing it certifies recovers under the real F1.
 */
const ROOTS = {
  F1: { index: 0xf1, key: 'ca-f1' },
  F2: { index: 0xf2, key: 'ca-f2' },
  unknown: { index: 0xf9, key: 'ca-rogue' },
  rogue: { index: 0xf1, key: 'ca-rogue' },
} as const;

export type TestCaName = keyof typeof ROOTS;

/** A root for personalisation: its key, and the index (8F) under which cards name it. */
export function testCa(name: TestCaName): { index: number; key: TestKey } {
  const { index, key } = ROOTS[name];
  return { index, key: testKey(key) };
}

/** The root for SM2, and the index (8F) under which cards name it. */
export function testSm2Ca(): { index: number; key: TestSm2Key } {
  return { index: 0xf3, key: testSm2Key('ca-f3') };
}

const COMMON = { rid: hex('A000000333'), expiry: '20491231' };

/** The roots that terminals of the test scheme hold: F1 (1984 bits, e = 3), F2 (1408 bits, e = 65537) and F3 (SM2). */
export function testCaKeys(): CaPublicKey[] {
  const rsa = (['F1', 'F2'] as const).map((name): CaPublicKey => {
    const { index, key } = testCa(name);
    const { modulus, exponent } = key;
    return { ...COMMON, index, algorithm: 'rsa', modulus, exponent };
  });
  const { index, key } = testSm2Ca();
  return [...rsa, { ...COMMON, index, algorithm: 'sm2', point: key.point }];
}
