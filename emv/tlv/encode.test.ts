import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { encodeTlv } from './encode.ts';

describe('encodeTlv', () => {
  it.each([
    [0x83, '', '8300'],
    [0x9e, '01', '9E0101'],
    [0x9f36, '0007', '9F36020007'],
    [0xdf8101, 'AA', 'DF810101AA'],
    [0x70, '41'.repeat(0x7f), `707F${'41'.repeat(0x7f)}`],
    [0x70, '41'.repeat(0x80), `708180${'41'.repeat(0x80)}`],
    [0x70, '41'.repeat(0xff), `7081FF${'41'.repeat(0xff)}`],
    [0x70, '41'.repeat(0x100), `70820100${'41'.repeat(0x100)}`],
  ])('%#', (tag, value, encoded) => {
    expect(toHex(encodeTlv(tag, hex(value)))).toBe(encoded);
  });

  it.each([0, 0x1f, 0x9f, 0x5024, 0x9f81, 0xdf8181, 0xdf0101, 0x9f368101, -1, 1.5])('%s is no tag', (tag) => {
    expect(() => encodeTlv(tag, new Uint8Array())).toThrow(RangeError);
  });

  it('refuses a value that no length of two bytes can tell', () => {
    expect(encodeTlv(0x50, new Uint8Array(65_535)).length).toBe(65_539);
    expect(() => encodeTlv(0x50, new Uint8Array(65_536))).toThrow(RangeError);
  });
});
