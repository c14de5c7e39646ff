import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { checkValue } from './check-value.ts';
import { cmac } from './cmac.ts';

const KEY = hex('0123456789ABCDEFFEDCBA9876543210');
const upTo = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at);

describe('cmac', () => {
  // NIST SP 800-38B, D.1: AES-128, examples 1 to 3.
  it.each([
    ['', 'BB1D6929E95937287FA37D129B756746'],
    ['6BC1BEE22E409F96E93D7E117393172A', '070A16B46B4D4144F79BDD9DD04A287C'],
    [
      '6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411',
      'DFA66747DE9AE63030CA32611497C827',
    ],
  ])('of %s under AES', (data, mac) => {
    expect(toHex(cmac('aes', hex('2B7E151628AED2A6ABF7158809CF4F3C'), hex(data)))).toBe(mac);
  });

  // Computed with the Python package cryptography.
  it.each([
    ['3des', 0, '5B560372570D37CB'],
    ['3des', 5, '2C815434F1EF629A'],
    ['3des', 8, '2A27063DFACF3004'],
    ['3des', 9, '0D844604F1CAD1B4'],
    ['3des', 16, 'FCCF047E011F8611'],
    ['aes', 5, 'B02E78A30B819FEB6724E1308ED25367'],
    ['aes', 17, '2E39E2DD17B746FC886286D32878B28E'],
    ['sm4', 0, '29E154322E5C7BD8EE6A25BA549B24BC'],
    ['sm4', 16, '2153E9AA9DB68253D06775C03483B3CC'],
    ['sm4', 32, '9FAA86CA987A5C834083C4B79601E12B'],
  ] as const)('under %s of %i bytes', (cipher, length, mac) => {
    expect(toHex(cmac(cipher, KEY, upTo(length)))).toBe(mac);
  });

  it('takes no key of another length', () => {
    expect(() => cmac('3des', new Uint8Array(24), upTo(1))).toThrow(RangeError);
    expect(() => cmac('aes', new Uint8Array(24), upTo(1))).toThrow(RangeError);
  });
});

// The first two are those of the keys of TR-31:2018, A.7.2.2 and A.7.4; the last was computed with Python’s cryptography.
it.each([
  ['3des', '3F419E1CB7079442AA37474C2EFBF8B8', '57C409'],
  ['aes', '3F419E1CB7079442AA37474C2EFBF8B8', '08793E'],
  ['sm4', '0123456789ABCDEFFEDCBA9876543210', '2677F4'],
] as const)('the check value of a key for %s', (cipher, key, value) => {
  expect(toHex(checkValue(cipher, hex(key)))).toBe(value);
});
