import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { balanceOf, parseIssuerApplicationData } from './issuer-application-data.ts';

function parse(bytes: string) {
  const result = parseIssuerApplicationData(hex(bytes));
  if (result.kind === 'malformed') throw new Error(result.reason);
  return result.iad;
}

function balance(bytes: string): number | undefined {
  const { discretionaryData } = parse(bytes);
  if (discretionaryData === undefined) throw new Error('no discretionary data');
  return balanceOf(discretionaryData);
}

describe('parseIssuerApplicationData', () => {
  it('reads that of a real card: ARQC, balance 387.87', () => {
    const iad = parse('07010103A00000010A010000038787868FD1FC');
    expect(iad).toMatchObject({ keyIndex: 1, cryptogramVersion: 1, algorithm: '3des' });
    expect(iad.cvr.firstDecision).toBe('arqc');
    expect(iad.discretionaryData).toEqual({
      kind: 'amounts',
      type: 1,
      values: [hex('0000038787')],
      mac: hex('868FD1FC'),
    });
    expect(balance('07010103A00000010A010000038787868FD1FC')).toBe(38_787);
  });

  it.each([
    ['three bytes of decision, no discretionary data', '0701010390000001'],
    ['discretionary data of no bytes', '070101039000000100'],
  ])('reads %s', (_, bytes) => {
    const iad = parse(bytes);
    expect(iad.cvr.firstDecision).toBe('tc');
    expect(iad).not.toHaveProperty('discretionaryData');
  });

  it('reads key index, version 17 and SM4', () => {
    expect(parse('07051103900000040A010000038787868FD1FC')).toMatchObject({
      keyIndex: 5,
      cryptogramVersion: 17,
      algorithm: 'sm4',
    });
  });

  it('knows no algorithm 02', () => {
    expect(parse('0701010390000002').algorithm).toBeUndefined();
  });

  it.each([
    ['two amounts', '07010103900000010F0300000037500000012345B4EAC997', 3, ['0000003750', '0000012345'], 'B4EAC997'],
    [
      'CTTA and its limit',
      '07010103900000010F0400000037500000012345B4EAC997',
      4,
      ['0000003750', '0000012345'],
      'B4EAC997',
    ],
    ['CTTA', '07010103900000010A020000003750E2D474A1', 2, ['0000003750'], 'E2D474A1'],
    ['available offline amount', '07010103900000010A050000003750E2D474A1', 5, ['0000003750'], 'E2D474A1'],
  ])('reads discretionary data: %s', (_, bytes, type, values, mac) => {
    const expected = { kind: 'amounts', type, values: values.map(hex), mac: hex(mac) };
    expect(parse(bytes).discretionaryData).toEqual(expected);
  });

  it.each([
    ['an unknown type', '07010103900000010A060000003750E2D474A1'],
    ['a type with an amount too few', '07010103900000010A030000003750E2D474A1'],
    ['a byte', '07010103900000010101'],
  ])('leaves discretionary data with %s as they are', (_, bytes) => {
    expect(parse(bytes).discretionaryData).toEqual({ kind: 'opaque', bytes: hex(bytes).subarray(9) });
    expect(balance(bytes)).toBeUndefined();
  });

  it.each([
    ['', 'length'],
    ['07', 'length'],
    ['07010103900000', 'length'],
    ['0601010390000001', 'length'],
    ['0801010390000001', 'length'],
    ['0701010490000001', 'cvr-length'],
    ['070101039000000101', 'discretionary-length'],
    ['07010103900000010A0100000387878680', 'discretionary-length'],
    ['07010103900000010A010000038787868FD1FC00', 'discretionary-length'],
  ])('refuses %s: %s', (bytes, reason) => {
    expect(parseIssuerApplicationData(hex(bytes))).toEqual({ kind: 'malformed', reason });
  });

  it('never throws', () => {
    const prefix = fc.constantFrom(
      hex(''),
      hex('07010103900000'),
      hex('07010103900000010F'),
      hex('07010103900000010A'),
    );
    fc.assert(
      fc.property(prefix, fc.uint8Array({ maxLength: 40 }), (start, rest) => {
        const result = parseIssuerApplicationData(Uint8Array.of(...start, ...rest));
        if (result.kind === 'parsed' && result.iad.discretionaryData !== undefined) {
          balanceOf(result.iad.discretionaryData);
        }
      }),
    );
  });
});

describe('balanceOf', () => {
  it.each([
    ['type 03, the first amount', '07010103900000010F0300000037500000012345B4EAC997', 3750],
    ['the largest', '07010103900000010A019999999999E2D474A1', 9_999_999_999],
    ['zero', '07010103900000010A010000000000E2D474A1', 0],
    ['no number', '07010103900000010A010000003A50E2D474A1', undefined],
    ['a CTTA is no balance', '07010103900000010A020000003750E2D474A1', undefined],
    ['an available offline amount is no balance', '07010103900000010A050000003750E2D474A1', undefined],
  ])('%s', (_, bytes, expected) => {
    expect(balance(bytes)).toBe(expected);
  });
});
