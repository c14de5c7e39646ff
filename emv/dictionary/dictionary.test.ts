import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { aidInfo, bitNames, isBitSet, statusWordMeaning, TAG, tagInfo } from './index.ts';

describe('tags', () => {
  it.each([
    [0x9f02, 'Amount, Authorised (Numeric)', 'n', 6, 6, 'terminal'],
    [0x5a, 'Application Primary Account Number (PAN)', 'cn', 0, 10, 'card'],
    [0x9f66, 'Terminal Transaction Qualifiers (TTQ)', 'b', 4, 4, 'terminal'],
    [0x9f79, 'Electronic Cash (EC) Balance', 'n', 6, 6, 'card'],
    [0x91, 'Issuer Authentication Data', 'b', 8, 16, 'issuer'],
    [0x9f4e, 'Merchant Name and Location', 'ans', 0, 252, 'terminal'],
  ])('%i is %s', (tag, name, format, minLength, maxLength, source) => {
    expect(tagInfo(tag)).toEqual({ tag, name, format, minLength, maxLength, source });
  });

  it('does not know what it does not know', () => {
    expect(tagInfo(0xdf7e)).toBeUndefined();
  });

  it('knows every tag that code has a name for', () => {
    expect(Object.values(TAG).filter((tag) => tagInfo(tag) === undefined)).toEqual([]);
  });

  it('has every tag in the form that BER asks for, and no length the wrong way round', () => {
    for (let tag = 1; tag <= 0xffff; tag++) {
      const info = tagInfo(tag);
      if (info === undefined) continue;
      const first = tag > 0xff ? tag >> 8 : tag;
      expect([tag.toString(16), (first & 0x1f) === 0x1f]).toEqual([tag.toString(16), tag > 0xff]);
      expect(info.minLength).toBeLessThanOrEqual(info.maxLength);
    }
  });
});

describe('bits', () => {
  const setIn = (tag: number, value: string): (string | undefined)[] =>
    (bitNames(tag) ?? []).filter(({ byte, bit }) => isBitSet(hex(value), byte, bit)).map(({ name }) => name);

  it.each<[string, number, string, string[]]>([
    [
      'TTQ',
      0x9f66,
      '2E800080',
      [
        'qPBOC supported',
        'Offline-only terminal',
        'Online PIN supported',
        'Signature supported',
        'Online cryptogram required',
        'fDDA version 01 supported',
      ],
    ],
    ['CTQ', 0x9f6c, 'C000', ['Online PIN required', 'Signature required']],
    ['TVR', 0x95, '0840000000', ['DDA failed', 'Expired application']],
    ['TSI', 0x9b, 'C000', ['Offline data authentication was performed', 'Cardholder verification was performed']],
    [
      'AIP',
      0x82,
      '7C00',
      [
        'SDA supported',
        'DDA supported',
        'Cardholder verification is supported',
        'Terminal risk management is to be performed',
        'Issuer authentication is supported',
      ],
    ],
    ['AIP, second byte', 0x82, '0080', ['Contactless PBOC debit/credit selected']],
  ])('%s %i %s', (_, tag, value, names) => {
    expect(setIn(tag, value)).toEqual(names);
  });

  it('there are none for other tags, and none in bytes that are not there', () => {
    expect(bitNames(0x9f36)).toBeUndefined();
    expect(isBitSet(hex('FF'), 2, 8)).toBe(false);
  });
});

describe('status words', () => {
  it.each([
    [0x9000, 'Success'],
    [0x6112, 'Success, more data to be fetched with GET RESPONSE'],
    [0x6c10, 'Wrong Le, the second byte gives the right one'],
    [0x63c0, 'Verification failed, no tries left'],
    [0x63c2, 'Verification failed, the last digit gives the tries left'],
    [0x6a82, 'File or application not found'],
    [0x6283, 'Selected file invalidated: the application is blocked'],
    [0x9401, 'Insufficient funds'],
  ])('%i', (sw, meaning) => {
    expect(statusWordMeaning(sw)).toBe(meaning);
  });

  it('does not make up what no standard says', () => {
    expect(statusWordMeaning(0x1234)).toBeUndefined();
    expect(statusWordMeaning(0x63d0)).toBeUndefined();
  });
});

describe('AIDs', () => {
  it.each([
    ['A000000333010106', 'PBOC electronic cash'],
    ['A00000033301010601', 'PBOC electronic cash'],
    ['A000000333010199', 'UnionPay'],
    ['A0000000031010', 'Visa'],
  ])('%s is %s', (aid, name) => {
    expect(aidInfo(aid)?.name).toBe(name);
  });

  it('a scheme that is not known has no name', () => {
    expect(aidInfo('A000000999')).toBeUndefined();
    expect(aidInfo('')).toBeUndefined();
  });
});
