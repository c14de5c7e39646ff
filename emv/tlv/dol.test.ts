import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { buildDol, parseDol } from './dol.ts';

const parsed = (text: string): unknown => {
  const result = parseDol(hex(text));
  return result.kind === 'parsed'
    ? result.entries.map(({ tag, length }) => `${tag.toString(16)}:${length}`).join(' ')
    : `${result.code}@${result.offset}`;
};

describe('parseDol', () => {
  it.each([
    ['nothing', '', ''],
    ['tags of one, two and three bytes', '9503 9F3704 DF810102', '95:3 9f37:4 df8101:2'],
    [
      'a recorded PDOL',
      '9F66049F02069F03069F1A0295055F2A029A039C019F3704',
      '9f66:4 9f02:6 9f03:6 9f1a:2 95:5 5f2a:2 9a:3 9c:1 9f37:4',
    ],
    ['a tag of one byte that is almost two', '9E02 5E01', '9e:2 5e:1'],
    ['no bytes of a value', '9F3700', '9f37:0'],
    ['252 bytes of values', '9F4EFC', '9f4e:252'],
  ])('reads %s', (_, bytes, said) => {
    expect(parsed(bytes)).toBe(said);
  });

  it.each([
    ['a tag cut off', '9503 9F', 'tag-truncated@2'],
    ['a tag of four bytes', 'DF81810104', 'tag-too-long@0'],
    ['a length missing', '9503 9F37', 'length-truncated@2'],
    ['more values than a command holds', '9F4EFC 9C01', 'values-too-long@3'],
    ['more bytes than a DOL has', `${'9C00'.repeat(128)}`, 'too-large@255'],
  ])('refuses %s', (_, bytes, said) => {
    expect(parsed(bytes)).toBe(said);
  });

  it('any bytes: never throws, and never asks for more than a command holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const result = parseDol(bytes);
        if (result.kind !== 'parsed') return;
        expect(buildDol(result.entries, () => new Uint8Array(9)).length).toBeLessThanOrEqual(252);
      }),
    );
  });
});

const built = (tag: number, length: number, value: string | undefined): string =>
  toHex(buildDol([{ tag, length }], () => (value === undefined ? undefined : hex(value))));

describe('buildDol fits a value to the length that the card wants (EMV Book 3, §5.4)', () => {
  it.each<[string, number, number, string | undefined, string]>([
    ['as it is', 0x9f02, 6, '000000001250', '000000001250'],
    ['n, shorter: the right end stays', 0x9f02, 3, '000000001250', '001250'],
    ['n, longer: zeros before', 0x9f02, 8, '000000001250', '0000000000001250'],
    ['cn, shorter: the left end stays', 0x5a, 4, '6299990000001234567F', '62999900'],
    ['cn, longer: F behind', 0x5a, 10, '62999900', '62999900FFFFFFFFFFFF'],
    ['b, shorter: the left end stays', 0x9f37, 2, '11223344', '1122'],
    ['b, longer: zeros behind', 0x9f37, 6, '11223344', '112233440000'],
    ['an, longer: zeros behind', 0x9f1c, 10, '4A44303030303031', '4A443030303030310000'],
    ['ans, shorter', 0x9f4e, 2, '4A4447', '4A44'],
    ['unknown to the dictionary: as b', 0xdf7e, 3, 'AA', 'AA0000'],
    ['not known: zeros', 0x9f02, 6, undefined, '000000000000'],
    ['a template: zeros, whatever is known', 0x70, 3, 'AABBCC', '000000'],
    ['a template of two bytes: zeros', 0xbf0c, 2, 'AABB', '0000'],
    ['no bytes', 0x9f02, 0, '000000001250', ''],
  ])('%s', (_, tag, length, value, expected) => {
    expect(built(tag, length, value)).toBe(expected);
  });

  it('gives zeros for what is made of data objects, whatever the length of its tag', () => {
    const known = (): Uint8Array => hex('AABB');
    expect(toHex(buildDol([{ tag: 0x61, length: 2 }], known))).toBe('0000');
    expect(toHex(buildDol([{ tag: 0xbf0c, length: 2 }], known))).toBe('0000');
    expect(toHex(buildDol([{ tag: 0xff8101, length: 2 }], known))).toBe('0000');
    expect(toHex(buildDol([{ tag: 0xdf8101, length: 2 }], known))).toBe('AABB');
  });

  it('joins the values in the order of the list', () => {
    const values = new Map([
      [0x9f66, hex('26000080')],
      [0x9c, hex('00')],
      [0x9f37, hex('11223344')],
    ]);
    const entries = [
      { tag: 0x9f37, length: 4 },
      { tag: 0x95, length: 2 },
      { tag: 0x9f66, length: 4 },
      { tag: 0x9f37, length: 1 },
    ];
    expect(toHex(buildDol(entries, (tag) => values.get(tag)))).toBe('11223344 0000 26000080 11'.replaceAll(' ', ''));
  });
});
