import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { splitDol, splitTlv, tlv } from './tlv.ts';

describe('TLV of the card', () => {
  it.each([
    [0x82, 2, '8202'],
    [0x9f36, 2, '9F3602'],
    [0xbf0c, 0, 'BF0C00'],
    [0x70, 127, '707F'],
    [0x70, 128, '708180'],
    [0x70, 255, '7081FF'],
    [0x70, 256, '70820100'],
  ])('tag %i, %i bytes', (tag, length, head) => {
    expect(toHex(tlv(tag, new Uint8Array(length)))).toBe(head + '00'.repeat(length));
  });

  it('joins parts', () => {
    expect(toHex(tlv(0x70, hex('0102'), hex('03')))).toBe('7003010203');
  });

  it.each([
    ['', []],
    ['82027C00', [[0x82, '7C00']]],
    [
      '9F360200078203AABBCC',
      [
        [0x9f36, '0007'],
        [0x82, 'AABBCC'],
      ],
    ],
    ['708101FF', [[0x70, 'FF']]],
    ['70820001FF', [[0x70, 'FF']]],
  ])('splits %s', (text, nodes) => {
    expect(splitTlv(hex(text))?.map(({ tag, value }) => [tag, toHex(value)])).toEqual(nodes);
  });

  it.each(['82', '9F', '9F36', '820300', '7081', '70820100', '7083000001FF', '7080'])('%s is none', (text) => {
    expect(splitTlv(hex(text))).toBeUndefined();
  });

  it('splits what it joins', () => {
    const node = fc.record({
      tag: fc.constantFrom(0x5a, 0x82, 0x9f36, 0xdf69),
      value: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), (nodes) => {
        const joined = nodes.flatMap(({ tag, value }) => [...tlv(tag, value)]);
        expect(splitTlv(Uint8Array.from(joined))).toEqual(nodes);
      }),
    );
  });

  it('never throws on other bytes, and finds nothing outside them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const found = splitTlv(bytes) ?? [];
        expect(found.reduce((length, { value }) => length + value.length, 0)).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('DOL of the card', () => {
  it('splits', () => {
    expect(splitDol(hex('9F66049C01'))).toEqual([
      { tag: 0x9f66, length: 4 },
      { tag: 0x9c, length: 1 },
    ]);
  });

  it.each(['9F', '9F66', '9C'])('%s is none', (text) => {
    expect(() => splitDol(hex(text))).toThrow(RangeError);
  });
});
