import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { parseTrack2 } from './track2.ts';

describe('parseTrack2', () => {
  it.each([
    ['19 digits', '6299990000001234567D301220100000', '6299990000001234567', 2030, 12, 31],
    ['16 digits, padded', '4111111111111111D28022010000000F', '4111111111111111', 2028, 2, 29],
    ['nothing behind the month', '62999900D4912F', '62999900', 2049, 12, 31],
    ['the last century', '62999900D5001F', '62999900', 1950, 1, 31],
  ])('%s', (_, track, digits, year, month, day) => {
    const parsed = parseTrack2(hex(`${track}${track.length % 2 ? 'F' : ''}`));
    expect(parsed?.pan.reveal()).toBe(digits);
    expect(parsed?.expiry).toEqual({ year, month, day });
  });

  it.each([
    ['empty', ''],
    ['no separator', '629999000000123456730122'],
    ['7 digits', '6299990D3012'],
    ['20 digits', '62999900000012345678D3012F'],
    ['month 00', '6299990000001234567D30002F'],
    ['month 13', '6299990000001234567D30132F'],
    ['cut off in the month', '6299990000001234567D30'],
    ['two separators', '6299990000001234567D3012D0'],
    ['padding inside', '6299990000001234567D3012F000'],
    ['a letter in the PAN', '62999900A0001234567D3012'],
  ])('none: %s', (_, track) => {
    expect(parseTrack2(hex(`${track}${track.length % 2 ? 'F' : ''}`))).toBeUndefined();
  });

  it('any bytes: never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void parseTrack2(bytes)));
  });
});
