import { describe, expect, it } from 'vitest';
import { hex } from '../../values/index.ts';
import { contradictsCid, deniesOfflinePin } from './card-verification.ts';

describe('the CVR against the CID', () => {
  it.each([
    ['a TC', '07010103900000 01', 'tc', 'first', false],
    ['a TC that is called an ARQC', '07010103900000 01', 'arqc', 'first', true],
    ['a TC that is called an AAC', '07010103900000 01', 'aac', 'first', true],
    ['an ARQC that is called a TC', '07010103A00000 01', 'tc', 'first', true],
    ['an AAC that is called a TC', '07010103800000 01', 'tc', 'first', true],
    ['a referral, which the CVR cannot tell', '07010103900000 01', 'aar', 'first', false],
    ['a second TC', '07010103600000 01', 'tc', 'second', false],
    ['a second AAC that is called a TC', '07010103200000 01', 'tc', 'second', true],
    ['a first ARQC again', '07010103A00000 01', 'arqc', 'second', true],
    ['a second AAC, which moves nothing', '07010103600000 01', 'aac', 'second', false],
    ['issuer data of no PBOC card', '06010A03A40000', 'tc', 'first', false],
    ['a TC that is called an ARQC, with spoilt data behind', '07010103900000 01 94000201', 'arqc', 'first', true],
    ['none', '', 'tc', 'first', false],
  ] as const)('%s', (_, iad, type, which, expected) => {
    expect(contradictsCid(hex(iad), type, which)).toBe(expected);
  });
});

describe('the CVR against an offline PIN', () => {
  it.each([
    ['checked and right', '07010103940000 01', 'offline-pin', false],
    ['never seen', '07010103900000 01', 'offline-pin', true],
    ['never seen, with a signature', '07010103900000 01', 'offline-pin-and-signature', true],
    ['checked and wrong', '07010103960000 01', 'offline-pin', true],
    ['never seen, with spoilt data behind', '07010103900000 01 94000201', 'offline-pin', true],
    ['none was asked for', '07010103900000 01', 'signature', false],
    ['issuer data of no PBOC card', '06010A03A40000', 'offline-pin', false],
  ] as const)('%s', (_, iad, verification, expected) => {
    expect(deniesOfflinePin(hex(iad), verification)).toBe(expected);
  });
});
