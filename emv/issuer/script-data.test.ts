import { describe, expect, it } from 'vitest';
import { hex, Pan, toHex } from '../values/index.ts';
import { encipherScriptData } from './script-data.ts';

function context(algorithm: '3des' | 'sm4') {
  const pan = Pan.parse('6299990000001234567');
  if (pan === undefined) throw new RangeError('no PAN');
  return { mdk: hex('00112233445566778899AABBCCDDEEFF'), algorithm, pan, panSequence: 1, atc: hex('0007') };
}

describe('encipherScriptData', () => {
  // By a second implementation of the formulas; what it shares with the vectors of keys and MACs agrees with those.
  it.each([
    ['3des', '', '4AA4741C2FFA0D39'],
    ['3des', '01', 'D75FAD3AC384E1B7'],
    ['3des', '01020304050607', '485CD5E1054A14EE'],
    ['3des', '0102030405060708', '24A0FD025BDB2A9979170F2DFC0EA3F6'],
    ['3des', '000102030405060708090A0B0C0D0E', '97403F9F60D41781330CD32B597B2AFE'],
    ['sm4', '', '4A3DE63127D32FD0C4A1BD83683CC54D'],
    ['sm4', '01', '15DFF069953A59ADDF38AA855A52900E'],
    ['sm4', '0102030405060708', '08A535EAD3F6D1979DA154BE410A1AC3'],
    ['sm4', '000102030405060708090A0B0C0D0E', '7DBA22715B684DEE979FF406DDCAC896'],
  ] as const)('%s: %s', (algorithm, data, expected) => {
    expect(toHex(encipherScriptData({ ...context(algorithm), data: hex(data) }))).toBe(expected);
  });

  it('leaves the data as they are', () => {
    const data = hex('0102030405060708');
    encipherScriptData({ ...context('3des'), data });
    expect(toHex(data)).toBe('0102030405060708');
  });

  it('takes what a command can carry beside its MAC', () => {
    expect(encipherScriptData({ ...context('3des'), data: new Uint8Array(247) })).toHaveLength(248);
    expect(encipherScriptData({ ...context('sm4'), data: new Uint8Array(239) })).toHaveLength(240);
    expect(() => encipherScriptData({ ...context('3des'), data: new Uint8Array(248) })).toThrow(RangeError);
    expect(() => encipherScriptData({ ...context('sm4'), data: new Uint8Array(240) })).toThrow(RangeError);
    expect(() => encipherScriptData({ ...context('sm4'), data: new Uint8Array(256) })).toThrow(RangeError);
  });
});
