import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../../emv/values/index.ts';
import { CCID_ESCAPE, GET_FEATURE_REQUEST, readFeatures } from './features.ts';

describe('control codes', () => {
  it('are those of pcsc-lite', () => {
    expect([GET_FEATURE_REQUEST, CCID_ESCAPE]).toEqual([0x42000d48, 0x42000001]);
  });
});

describe('a list of features', () => {
  it('gives the control codes, big-endian, of those that are known', () => {
    const answer = hex(
      '06 04 42330006 07 04 42330007 0A 04 4233000A 12 04 42330012 13 04 42000001 21 04 00000001'.replaceAll(' ', ''),
    );
    expect([...(readFeatures(answer) ?? [])]).toEqual([
      ['verify-pin-direct', 0x42330006],
      ['modify-pin-direct', 0x42330007],
      ['ifd-pin-properties', 0x4233000a],
      ['get-tlv-properties', 0x42330012],
      ['ccid-esc-command', 0x42000001],
    ]);
  });

  it('may be empty, and its codes may be large', () => {
    expect(readFeatures(hex(''))?.size).toBe(0);
    expect(readFeatures(hex('0604FFFFFFFF'))?.get('verify-pin-direct')).toBe(0xffffffff);
  });

  it.each([
    ['is cut off in a code', '06044233'],
    ['is cut off after a tag', '06044233000607'],
    ['has a shorter code', '0603423300'],
    ['has a longer code', '06064233000600001204423300129999'],
    ['has a length of 255', '06FF42330006'],
    ['names a feature twice', '060442330006060442330007'],
    ['names an unknown one twice', '210400000001210400000002'],
  ])('that %s is none', (_, bytes) => {
    expect(readFeatures(hex(bytes))).toBeUndefined();
  });

  it('is read or refused, whatever the reader sends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 258 }), (bytes) => {
        const features = readFeatures(bytes);
        if (features === undefined) return;
        expect(bytes.length % 6).toBe(0);
        expect(features.size).toBeLessThanOrEqual(bytes.length / 6);
      }),
    );
  });

  it('keeps each code that stands in it', () => {
    const entry = fc.tuple(fc.constantFrom(0x06, 0x07, 0x0a, 0x12, 0x13), fc.nat(0xffffffff));
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ([tag]) => tag }), (entries) => {
        const bytes = entries.flatMap(([tag, code]) => [
          tag,
          4,
          code >>> 24,
          (code >>> 16) & 255,
          (code >>> 8) & 255,
          code & 255,
        ]);
        expect([...(readFeatures(Uint8Array.from(bytes)) ?? new Map()).values()]).toEqual(
          entries.map(([, code]) => code),
        );
      }),
    );
  });
});
