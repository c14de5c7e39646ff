import { describe, expect, it } from 'vitest';
import type { AuthorisationRequest } from '../../contract/index.ts';
import { authorisationIdOf, numberOfAuthorisation } from './authorisation-id.ts';
import { contradictionIn } from './consistency.ts';

const REQUEST: AuthorisationRequest = {
  id: '3f2b8a52-6f0e-4d9c-9d3e-111111111111',
  purpose: 'authorise',
  paymentId: 'p1',
  amountMinor: 1250,
  currency: 'CNY',
  at: '2025-06-01T23:59:59+08:00',
  card: { sealedPan: '', token: '', maskedPan: '', panSequence: 1, expiry: '2030-12-31' },
  chip: {
    cryptogramType: 'arqc',
    cryptogram: 'EAD5DD7F514E6EB8',
    amountAuthorised: '000000001250',
    amountOther: '000000000000',
    terminalCountryCode: '0156',
    tvr: '0000000000',
    currencyCode: '0156',
    transactionDate: '250601',
    transactionType: '00',
    unpredictableNumber: '11223344',
    aip: '7C00',
    atc: '0007',
    issuerApplicationData: '0701010390000001',
  },
};
const chip = (change: object): AuthorisationRequest => ({ ...REQUEST, chip: { ...REQUEST.chip, ...change } });

describe('what contradicts what in a request', () => {
  it.each([
    ['an ARQC to authorise', REQUEST],
    ['a TC to verify', { ...chip({ cryptogramType: 'tc' }), purpose: 'verify-tc' }],
    ['an ARQC to load', { ...REQUEST, purpose: 'load', issuerData: true }],
    ['the day before, at midnight', chip({ transactionDate: '250531' })],
    ['the day after, at midnight', chip({ transactionDate: '250602' })],
    ['the day where the terminal stands, not that of UTC', { ...chip({}), at: '2025-06-02T00:30:00+08:00' }],
  ] as const)('nothing: %s', (_title, request) => {
    expect(contradictionIn(request)).toBeUndefined();
  });

  it.each([
    ['a TC to authorise', chip({ cryptogramType: 'tc' }), 'ARQC'],
    ['an AAC to authorise', chip({ cryptogramType: 'aac' }), 'ARQC'],
    ['an ARQC to verify', { ...REQUEST, purpose: 'verify-tc' }, 'TC'],
    ['a TC to load', { ...chip({ cryptogramType: 'tc' }), purpose: 'load', issuerData: true }, 'ARQC'],
    ['a load that the card cannot be told of', { ...REQUEST, purpose: 'load' }, 'issuer'],
    ['another amount', { ...REQUEST, amountMinor: 1251 }, '9F02'],
    ['an amount that is no number', chip({ amountAuthorised: '00000000125F' }), '9F02'],
    ['dollars', chip({ currencyCode: '0840' }), '5F2A'],
    ['two days before', chip({ transactionDate: '250530' }), '9A'],
    ['no day', chip({ transactionDate: '250631' }), '9A'],
  ] as const)('%s', (_title, request, words) => {
    expect(contradictionIn(request)).toContain(words);
  });
});

describe('the name of an authorisation', () => {
  it.each([
    [1, 'A000000001'],
    [123_456_789_012, 'A123456789012'],
  ])('%d ↔ %s', (number, id) => {
    expect(authorisationIdOf(number)).toBe(id);
    expect(numberOfAuthorisation(id)).toBe(number);
  });

  it.each([undefined, '', 'A1', 'B000000001', 'A00000000x', `A${'1'.repeat(16)}`])('%s is none', (id) => {
    expect(numberOfAuthorisation(id)).toBeUndefined();
  });
});
