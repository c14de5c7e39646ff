import { describe, expect, it } from 'vitest';
import type { Record } from '../../contract/record/index.ts';
import { isConsistent } from './consistent.ts';

/** An ARQC of 12.50 that a terminal has approved on trust. */
const DEFERRED: Record = {
  terminal: 'T1',
  epoch: 1,
  sequence: 5,
  paymentId: 'p5',
  kind: 'purchase',
  outcome: 'approved',
  fundedBy: 'account',
  debited: 'account',
  offline: true,
  amountMinor: 1250,
  currency: 'CNY',
  at: '2026-06-01T12:30:00+08:00',
  merchant: 'M1',
  reference: 'r',
  cardholderVerification: 'none',
  offlineAuthentication: 'none',
  card: { token: 'AB'.repeat(32), maskedPan: '629999*********4567', panSequence: 1, aid: 'A000000333010101' },
  chip: {
    cryptogramType: 'arqc',
    cryptogram: 'EAD5DD7F514E6EB8',
    amountAuthorised: '000000001250',
    amountOther: '000000000000',
    terminalCountryCode: '0156',
    tvr: '0000000000',
    currencyCode: '0156',
    transactionDate: '260601',
    transactionType: '00',
    unpredictableNumber: '11223344',
    aip: '7C00',
    atc: '0007',
    issuerApplicationData: '07010103A00000010A010000003787868FD1FC',
  },
  hotlistVersion: 1,
  clock: 'trusted',
  software: 'jdpos/0.1.0',
};
const AAC = {
  cryptogramType: 'aac',
  cryptogram: 'B1B2B3B4B5B6B7B8',
  authorisationResponseCode: '5A33',
  tvr: '0000000000',
  unpredictableNumber: '11223344',
  atc: '0007',
  issuerApplicationData: '07010103200000010A010000003787868FD1FC',
} as const;

describe('an ARQC approved on trust', () => {
  it.each<[string, Record, boolean]>([
    ['over the air', DEFERRED, true],
    ['of a card that was asked for its AAC', { ...DEFERRED, confirmation: AAC }, true],
    ['of a card that has approved', { ...DEFERRED, confirmation: { ...AAC, cryptogramType: 'tc' } }, false],
    ['with the AAC of another transaction', { ...DEFERRED, confirmation: { ...AAC, atc: '0008' } }, false],
    ['where the host has approved', { ...DEFERRED, offline: false, authorisationId: 'A1', confirmation: AAC }, false],
    ['of another amount', { ...DEFERRED, amountMinor: 1251 }, false],
  ])('%s: %s', (_name, record, expected) => {
    expect(isConsistent(record)).toBe(expected);
  });
});
