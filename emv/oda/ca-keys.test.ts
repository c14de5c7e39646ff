import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { type CaPublicKey, caKeysOf } from './ca-keys.ts';

const RID = hex('A000000333');
const rsa = (index: number): CaPublicKey => ({
  rid: RID,
  index,
  algorithm: 'rsa',
  modulus: hex('C1'.repeat(128)),
  exponent: hex('03'),
});
const sm2 = (index: number, expiry?: string, rid = RID): CaPublicKey => ({
  rid,
  index,
  ...(expiry !== undefined && { expiry }),
  algorithm: 'sm2',
  point: hex('AB'.repeat(64)),
});

describe('caKeysOf', () => {
  it('finds a key by RID and index, and no other', () => {
    const keys = caKeysOf([rsa(1), sm2(2), sm2(1, undefined, hex('A000000334'))]);
    expect(keys.find(RID, 1)).toMatchObject({ index: 1, algorithm: 'rsa' });
    expect(keys.find(RID, 2)).toMatchObject({ index: 2, algorithm: 'sm2' });
    expect(keys.find(hex('A000000334'), 1)).toMatchObject({ algorithm: 'sm2' });
    expect(keys.find(RID, 3)).toBeUndefined();
    expect(keys.find(hex('A000000334'), 2)).toBeUndefined();
  });

  const DAY = { year: 2025, month: 6, day: 1 };
  it.each([
    ['no key', [], false],
    ['RSA alone', [rsa(1)], false],
    ['an SM2 key beside it', [rsa(1), sm2(2)], true],
    ['an SM2 key on its last day', [sm2(2, '20250601')], true],
    ['an SM2 key the day after', [sm2(2, '20250531')], false],
    ['one that has expired and one that has not', [sm2(2, '20250531'), sm2(3, '20251231')], true],
    ['an SM2 key of another RID', [sm2(2, undefined, hex('A000000334'))], false],
  ])('verifies SM2 with %s', (_, keys, expected) => {
    expect(caKeysOf(keys).verifiesSm2(RID, DAY)).toBe(expected);
  });
});
