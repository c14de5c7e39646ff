import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../../emv/values/index.ts';
import { readPinProperties, readTlvProperties } from './pin-properties.ts';

describe('PIN_PROPERTIES_STRUCTURE', () => {
  it('has the layout of the display little-endian, and the conditions', () => {
    // Two lines of sixteen characters; the OK key alone.
    expect(readPinProperties(hex('02100200'))).toEqual({ lcdLayout: 0x1002, entryValidation: 0x02 });
    expect(readPinProperties(hex('00000701'))).toEqual({ lcdLayout: 0, entryValidation: 0x07 });
  });

  it.each(['', '021002', '0210020000'])('of another length is none: %s', (bytes) => {
    expect(readPinProperties(hex(bytes))).toBeUndefined();
  });
});

describe('TLV properties', () => {
  it.each([
    [
      'all that are used',
      '010202100201020601040701080804524541440A04FF000000',
      { lcdLayout: 0x1002, entryValidation: 2, minDigits: 4, maxDigits: 8 },
    ],
    ['none', '', {}],
    ['others alone', '0301000B02E6080C027834', {}],
    ['an empty unknown one', '0800', {}],
  ])('%s', (_, bytes, expected) => {
    expect(readTlvProperties(hex(bytes))).toEqual(expected);
  });

  it.each([
    ['a tag without a length', '07010806'],
    ['a value that is cut off', '0602'],
    ['a length beyond the end', '08FF41'],
    ['a property of another length', '07020800'],
    ['an empty property', '0600'],
  ])('with %s are none', (_, bytes) => {
    expect(readTlvProperties(hex(bytes))).toBeUndefined();
  });

  it('are read or refused, whatever the reader sends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 258 }), (bytes) => {
        const { lcdLayout = 0, minDigits = 0, maxDigits = 0, entryValidation = 0 } = readTlvProperties(bytes) ?? {};
        expect(lcdLayout).toBeLessThanOrEqual(0xffff);
        for (const value of [minDigits, maxDigits, entryValidation]) expect(value).toBeLessThanOrEqual(0xff);
      }),
    );
  });
});
