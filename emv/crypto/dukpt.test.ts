import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { dukptPinKey } from './dukpt.ts';

const BASE = hex('FEDCBA9876543210F1F1F1F1F1F1F1F1');
const pinKey = (counter: string): string | undefined => {
  const key = dukptPinKey(BASE, hex(`1234567890123456${counter}`));
  return key && toHex(key);
};

describe('the PIN key of an entry under AES DUKPT', () => {
  // ANSI X9.24-3:2017, supplement of test vectors, AES-128 from an AES-128 base derivation key.
  it.each([
    ['00000001', 'AF8CB133A78F8DC2D1359F18527593FB'],
    ['00000002', 'D30BDC73EC9714B000BEC66BDB7B6D09'],
    ['00000005', '35A43BC9EFEB09C756204B57E3FB7D4D'],
    ['FFFF0000', '27EFAC1D158632588F4AC69E45C247C4'],
  ])('with counter %s', (counter, key) => {
    expect(pinKey(counter)).toBe(key);
  });

  it.each(['00000000', '0001FFFF', 'FFFFFFFF'])('is none for counter %s', (counter) => {
    expect(pinKey(counter)).toBeUndefined();
  });

  it('needs a whole serial number', () => {
    expect(() => dukptPinKey(BASE, hex('123456789012345600'))).toThrow(RangeError);
  });
});
