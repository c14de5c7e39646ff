import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { pan } from '../values/testing/pan.ts';
import { cardKey, sessionKey } from './keys.ts';

const MDK = hex('0123456789ABCDEFFEDCBA9876543210');

describe('cardKey', () => {
  it.each([
    ['3des', '2A4C9DF146DF641FAB8CF429193D9104'],
    ['sm4', '3D13733C1D4F9E1DEA4595BA66C3D206'],
  ] as const)('%s: Y = 9000000123456701', (algorithm, udk) => {
    expect(toHex(cardKey(MDK, pan('6299990000001234567'), 1, algorithm))).toBe(udk);
  });

  it('is the key of the rightmost sixteen digits only', () => {
    expect(toHex(cardKey(MDK, pan('1119990000001234567'), 1, 'sm4'))).toBe('3D13733C1D4F9E1DEA4595BA66C3D206');
  });

  it('fills a short PAN with zeros on the left', () => {
    expect(toHex(cardKey(MDK, pan('12345678'), 1, 'sm4'))).toBe(toHex(cardKey(MDK, pan('00000012345678'), 1, 'sm4')));
  });

  it('takes sequence numbers 0 to 99', () => {
    const keys = [0, 9, 10, 99].map((panSequence) =>
      toHex(cardKey(MDK, pan('6299990000001234567'), panSequence, 'sm4')),
    );
    expect(new Set(keys).size).toBe(4);
  });

  it.each([-1, 100, 1.5])('throws RangeError on PAN sequence number %d', (panSequence) => {
    expect(() => cardKey(MDK, pan('12345678'), panSequence, '3des')).toThrow(RangeError);
  });
});

describe('sessionKey', () => {
  it.each([
    ['3des', '2A4C9DF146DF641FAB8CF429193D9104', 'C8E01818D90E779EC8278EF215D4266A'],
    ['sm4', '3D13733C1D4F9E1DEA4595BA66C3D206', '80C6D21DCB0461748D11A5B97E55D919'],
  ] as const)('%s: ATC 0007', (algorithm, udk, key) => {
    expect(toHex(sessionKey(hex(udk), hex('0007'), algorithm))).toBe(key);
  });

  it('throws RangeError on an ATC of another length', () => {
    expect(() => sessionKey(MDK, hex('07'), '3des')).toThrow(RangeError);
  });
});
