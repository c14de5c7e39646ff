import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Algorithm, CryptogramInput } from '../crypto/index.ts';
import { hex, type Pan } from '../values/index.ts';
import { pan } from '../values/testing/pan.ts';
import { verifyCryptogram } from './verify-cryptogram.ts';

const INPUT: CryptogramInput = {
  amountAuthorised: hex('000000001250'),
  amountOther: hex('000000000000'),
  terminalCountryCode: hex('0156'),
  tvr: hex('0000000000'),
  currencyCode: hex('0156'),
  transactionDate: hex('250601'),
  transactionType: hex('00'),
  unpredictableNumber: hex('11223344'),
  aip: hex('7C00'),
  atc: hex('0007'),
  issuerApplicationData: hex('0701010390000001'),
};

function check(change: {
  input?: Partial<CryptogramInput>;
  cryptogram?: string;
  algorithm?: Algorithm;
  pan?: Pan;
  panSequence?: number;
  mdk?: Uint8Array;
}): string {
  const { input = {}, cryptogram = 'EAD5DD7F514E6EB8', ...rest } = change;
  const verdict = verifyCryptogram({
    mdk: hex('0123456789ABCDEFFEDCBA9876543210'),
    algorithm: '3des',
    pan: pan('6299990000001234567'),
    panSequence: 1,
    input: { ...INPUT, ...input },
    cryptogram: hex(cryptogram),
    ...rest,
  });
  return verdict.kind === 'genuine' ? verdict.iad.cvr.firstDecision : verdict.reason;
}

describe('verifyCryptogram', () => {
  it.each([
    ['3des', '0701010390000001', 'EAD5DD7F514E6EB8', 'tc'],
    ['sm4', '0701010390000004', '73BF1AFC1DCB4377', 'tc'],
    ['3des', '0701110390000001', '4C606D4D3DBE9EC5', 'tc'],
    ['sm4', '0701110390000004', 'A747F41038135A70', 'tc'],
    // By a second implementation of the formulas.
    ['3des', '07010103A00000010A010000038787868FD1FC', 'CD1FE15978F13F5A', 'arqc'],
    ['sm4', '07010103A0000004', '4646E27B7F0595F6', 'arqc'],
    ['3des', '07011103A0000001', 'BB20449472CF5CA4', 'arqc'],
    ['sm4', '07011103A0000004', '0A15E7CEC424389B', 'arqc'],
  ] as const)('%s, 9F10 %s: %s is a genuine %s', (algorithm, iad, cryptogram, decision) => {
    expect(check({ algorithm, input: { issuerApplicationData: hex(iad) }, cryptogram })).toBe(decision);
  });

  it.each([
    ['amountAuthorised', '000000001251'],
    ['amountOther', '000000000001'],
    ['terminalCountryCode', '0344'],
    ['tvr', '0000000001'],
    ['currencyCode', '0344'],
    ['transactionDate', '250602'],
    ['transactionType', '20'],
    ['unpredictableNumber', '11223345'],
    ['aip', '7D00'],
    ['atc', '0008'],
    ['issuerApplicationData', '0701010390000101'],
    ['issuerApplicationData', '07010103A0000001'],
  ] as const)('version 01 covers %s', (name, value) => {
    expect(check({ input: { [name]: hex(value) } })).toBe('cryptogram');
  });

  it.each([
    ['amountAuthorised', '000000001251'],
    ['unpredictableNumber', '11223345'],
    ['atc', '0008'],
    ['issuerApplicationData', '07011103A0000001'],
  ] as const)('version 17 covers %s', (name, value) => {
    const issuerApplicationData = hex('0701110390000001');
    const cryptogram = '4C606D4D3DBE9EC5';
    expect(check({ input: { issuerApplicationData }, cryptogram })).toBe('tc');
    expect(check({ input: { issuerApplicationData, [name]: hex(value) }, cryptogram })).toBe('cryptogram');
  });

  it.each([
    ['another card', { pan: pan('6299990000001234568') }],
    ['another sequence number', { panSequence: 2 }],
    ['another master key', { mdk: hex('1123456789ABCDEFFEDCBA9876543210') }],
    ['a cryptogram changed in one bit', { cryptogram: 'EAD5DD7F514E6EB9' }],
    ['half a cryptogram', { cryptogram: 'EAD5DD7F' }],
    ['no cryptogram', { cryptogram: '' }],
  ])('refuses %s', (_, change) => {
    expect(check(change)).toBe('cryptogram');
  });

  it.each([
    ['an algorithm that the master key is not for', { algorithm: 'sm4' as const }, 'other-algorithm'],
    ['an unknown algorithm', { input: { issuerApplicationData: hex('0701010390000002') } }, 'other-algorithm'],
    ['an unknown version', { input: { issuerApplicationData: hex('0701020390000001') } }, 'unknown-cryptogram-version'],
    ['no 9F10', { input: { issuerApplicationData: hex('') } }, 'malformed-issuer-data'],
    ['a short 9F10', { input: { issuerApplicationData: hex('07010103900000') } }, 'malformed-issuer-data'],
  ])('refuses %s', (_, change, reason) => {
    expect(check(change)).toBe(reason);
  });

  it('refuses values that would be read as their neighbours', () => {
    // The same 37 bytes, cut elsewhere: the amount would read as 12.
    const input = { amountAuthorised: hex('0000000012'), amountOther: hex('50000000000000') };
    expect(check({ input })).toBe('malformed-input');
    for (const name of Object.keys(INPUT)) {
      if (name === 'issuerApplicationData') continue;
      expect(check({ input: { [name]: new Uint8Array() } })).toBe('malformed-input');
    }
  });

  it('throws RangeError on a master key of another length', () => {
    expect(() => check({ mdk: new Uint8Array(24) })).toThrow(RangeError);
  });

  it('never throws on what a terminal sends', () => {
    const bytes = fc.uint8Array({ maxLength: 20 });
    fc.assert(
      fc.property(bytes, bytes, fc.constantFrom(...Object.keys(INPUT)), (cryptogram, value, name) => {
        const verdict = verifyCryptogram({
          mdk: hex('0123456789ABCDEFFEDCBA9876543210'),
          algorithm: '3des',
          pan: pan('6299990000001234567'),
          panSequence: 1,
          input: { ...INPUT, [name]: value },
          cryptogram,
        });
        expect(verdict.kind).toBe('wrong');
      }),
    );
  });
});
