import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { applicationCryptogram, arpc, mac } from './mac.ts';

const KEYS = { '3des': hex('C8E01818D90E779EC8278EF215D4266A'), sm4: hex('80C6D21DCB0461748D11A5B97E55D919') };
const CVN_01 = '00000000125000000000000001560000000000015625060100112233447C00000703900000';
const CVN_17 = '00000000125011223344000790';

describe('applicationCryptogram', () => {
  it.each([
    ['3des', CVN_01, 'EAD5DD7F514E6EB8'],
    ['sm4', CVN_01, '73BF1AFC1DCB4377'],
    ['3des', CVN_17, '4C606D4D3DBE9EC5'],
    ['sm4', CVN_17, 'A747F41038135A70'],
  ] as const)('%s over %s', (algorithm, data, cryptogram) => {
    expect(toHex(applicationCryptogram(KEYS[algorithm], hex(data), algorithm))).toBe(cryptogram);
  });
});

describe('mac', () => {
  it.each([
    // GB/T 15852.1-2020 annex B, CBC-MAC with padding method 2; the left half of each.
    ['', '8C338E5A27E349BE'],
    ['This is the test message for mac', '4B6553AF3C4E2744'],
    ['This is the test message ', '421AD1690AA152E2'],
  ])('sm4 over "%s"', (message, expected) => {
    const key = hex('0123456789ABCDEFFEDCBA9876543210');
    expect(toHex(mac(key, new TextEncoder().encode(message), 'sm4'))).toBe(expected);
  });

  it.each([
    // IDD type 01: ATC 0007, balance 0000003750.
    ['3des', '0007000000375000', 'E2D474A1'],
    ['sm4', '0007000000375000', 'FFDBBC94'],
    // PUT DATA: header, ATC, cryptogram, data.
    ['3des', '04DA9F790A0007EAD5DD7F514E6EB8000000050000', '1A765087'],
    ['sm4', '04DA9F790A000773BF1AFC1DCB4377000000050000', 'E686B8FB'],
  ] as const)('%s over %s starts %s', (algorithm, data, start) => {
    expect(toHex(mac(KEYS[algorithm], hex(data), algorithm).subarray(0, 4))).toBe(start);
  });

  it.each(['3des', 'sm4'] as const)('%s throws RangeError on a key of another length', (algorithm) => {
    expect(() => mac(new Uint8Array(8), new Uint8Array(8), algorithm)).toThrow(RangeError);
  });
});

describe('arpc', () => {
  it.each([
    ['3des', 'EAD5DD7F514E6EB8', '1F1EFB69FFE35C4F'],
    ['sm4', '73BF1AFC1DCB4377', '8591A8CA53286F3A'],
  ] as const)('%s, response code 00', (algorithm, cryptogram, expected) => {
    expect(toHex(arpc(KEYS[algorithm], hex(cryptogram), hex('3030'), algorithm))).toBe(expected);
  });

  it('throws RangeError on a cryptogram or response code of another length', () => {
    expect(() => arpc(KEYS.sm4, new Uint8Array(7), hex('3030'), 'sm4')).toThrow(RangeError);
    expect(() => arpc(KEYS.sm4, new Uint8Array(8), hex('30'), 'sm4')).toThrow(RangeError);
  });
});
