import { describe, expect, it } from 'vitest';
import { hex, Pan, toHex } from '../values/index.ts';
import { issuerAuthenticationData, scriptCommand } from './issuer-response.ts';

function context(algorithm: '3des' | 'sm4') {
  const pan = Pan.parse('6299990000001234567');
  if (pan === undefined) throw new RangeError('no PAN');
  return { mdk: hex('0123456789ABCDEFFEDCBA9876543210'), algorithm, pan, panSequence: 1, atc: hex('0007') };
}

describe('issuerAuthenticationData', () => {
  it.each([
    ['3des', 'EAD5DD7F514E6EB8', '1F1EFB69FFE35C4F3030'],
    ['sm4', '73BF1AFC1DCB4377', '8591A8CA53286F3A3030'],
  ] as const)('%s: ARPC, then the response code', (algorithm, cryptogram, expected) => {
    const data = issuerAuthenticationData({
      ...context(algorithm),
      cryptogram: hex(cryptogram),
      responseCode: hex('3030'),
    });
    expect(toHex(data)).toBe(expected);
  });
});

describe('scriptCommand', () => {
  it.each([
    ['3des', 'EAD5DD7F514E6EB8', '04DA9F790A0000000500001A765087'],
    ['sm4', '73BF1AFC1DCB4377', '04DA9F790A000000050000E686B8FB'],
  ] as const)('%s: PUT DATA of a balance of 500.00', (algorithm, cryptogram, expected) => {
    const command = scriptCommand({
      ...context(algorithm),
      header: hex('04DA9F79'),
      data: hex('000000050000'),
      cryptogram: hex(cryptogram),
    });
    expect(toHex(command)).toBe(expected);
  });

  it('has Lc 04 without data: APPLICATION BLOCK', () => {
    const input = { ...context('3des'), header: hex('841E0000'), data: hex(''), cryptogram: hex('EAD5DD7F514E6EB8') };
    expect(toHex(scriptCommand(input)).slice(0, 10)).toBe('841E000004');
    expect(scriptCommand(input)).toHaveLength(9);
  });

  it('throws RangeError on what fits no command', () => {
    const input = { ...context('3des'), header: hex('04DA9F79'), data: hex(''), cryptogram: hex('EAD5DD7F514E6EB8') };
    expect(() => scriptCommand({ ...input, header: hex('04DA9F790A') })).toThrow(RangeError);
    expect(() => scriptCommand({ ...input, data: new Uint8Array(252) })).toThrow(RangeError);
    expect(scriptCommand({ ...input, data: new Uint8Array(251) })).toHaveLength(260);
  });
});
