import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { purseCardKey, purseLoadKey, purseMac, pursePurchaseKey, purseTac } from './purse.ts';

// Test keys, and codes that another program made with them.
const CARD_KEY = hex('303132333435363738393A3B3C3D3E3F');
const RANDOM = hex('0A0B0C0D');

describe('session keys', () => {
  it('of a purchase: random, offline number, low half of the terminal’s number', () => {
    expect(toHex(pursePurchaseKey(CARD_KEY, RANDOM, 5, 0x12))).toBe('210990AB4A22305B');
    expect(toHex(pursePurchaseKey(CARD_KEY, RANDOM, 5, 0xabcd0012))).toBe('210990AB4A22305B');
    expect(toHex(pursePurchaseKey(CARD_KEY, RANDOM, 6, 0x12))).not.toBe('210990AB4A22305B');
  });

  it('of a load', () => {
    expect(toHex(purseLoadKey(CARD_KEY, RANDOM, 5))).toBe('F1AA490AFB1E45AC');
  });

  it.each([
    ['a random number of 3 bytes', () => pursePurchaseKey(CARD_KEY, hex('112233'), 0, 1)],
    ['an offline number of 3 bytes', () => pursePurchaseKey(CARD_KEY, RANDOM, 0x10000, 1)],
    ['a terminal number of 5 bytes', () => pursePurchaseKey(CARD_KEY, RANDOM, 0, 2 ** 32)],
    ['a key of 8 bytes', () => purseLoadKey(hex('1122334455667788'), RANDOM, 0)],
  ])('throw RangeError on %s', (_, make) => {
    expect(make).toThrow(RangeError);
  });
});

describe('MAC', () => {
  it.each([
    ['MAC1 of a purchase', '210990AB4A22305B', '000004E20601020304050620250601123015', '4D32217D'],
    ['MAC2 of a purchase', '210990AB4A22305B', '000004E2', 'B254141C'],
    ['MAC1 of a load', 'F1AA490AFB1E45AC', '00000BB8000004E202010203040506', '800B423D'],
    ['MAC2 of a load', 'F1AA490AFB1E45AC', '000004E20201020304050620250601123015', '1DBD8F5D'],
  ])('%s', (_, key, data, code) => {
    expect(toHex(purseMac(hex(key), hex(data)))).toBe(code);
  });

  it('leaves its key as it was and takes 8 bytes of it', () => {
    const key = hex('210990AB4A22305B');
    purseMac(key, hex('00'));
    expect(toHex(key)).toBe('210990AB4A22305B');
    expect(() => purseMac(CARD_KEY, hex('00'))).toThrow(RangeError);
  });
});

describe('card keys and TAC', () => {
  it('are those of the master key and the last eight bytes of the serial', () => {
    const card = purseCardKey(hex('303132333435363738393A3B3C3D3E3F'), hex('0000123456789012'));
    expect(toHex(card)).toBe('3B0769CE440CD517566BDDC5328196B5');
    expect(() => purseCardKey(CARD_KEY, hex('31000000123456789012'))).toThrow(RangeError);
  });

  it('TAC under both halves added up', () => {
    const key = hex('3B0769CE440CD517566BDDC5328196B5');
    expect(toHex(purseTac(key, hex('000004E206010203040506 0000002A 20250601 123015')))).toBe('9AA91D39');
    expect(toHex(key)).toBe('3B0769CE440CD517566BDDC5328196B5');
    expect(() => purseTac(hex('3B0769CE440CD517'), hex('00'))).toThrow(RangeError);
  });
});
