import { describe, expect, it } from 'vitest';
import type { Record } from '../../contract/record/index.ts';
import type { Load } from '../loads/loads.ts';
import type { Facts, NamedAuthorisation } from './facts-of-record.ts';
import { judge } from './judge.ts';

const TOKEN = 'AB'.repeat(32);
const CHIP = {
  cryptogramType: 'arqc',
  cryptogram: 'CD1FE15978F13F5A',
  amountAuthorised: '000000010000',
  amountOther: '000000000000',
  terminalCountryCode: '0156',
  tvr: '0000000000',
  currencyCode: '0156',
  transactionDate: '250601',
  transactionType: '60',
  unpredictableNumber: '11223344',
  aip: '7C00',
  atc: '0007',
  issuerApplicationData: '07010103A00000010A010000038787868FD1FC',
} as const;
const CONFIRMATION = {
  cryptogramType: 'tc',
  cryptogram: 'F29E7A92779871E1',
  authorisationResponseCode: '3030',
  tvr: '0000000000',
  unpredictableNumber: '11223344',
  atc: '0007',
  issuerApplicationData: '0701010360000001',
} as const;

const LOADED: Record = {
  terminal: 'T1',
  epoch: 1,
  sequence: 9,
  paymentId: 'p1',
  kind: 'load',
  outcome: 'approved',
  fundedBy: 'account',
  debited: 'account',
  offline: false,
  amountMinor: 10_000,
  currency: 'CNY',
  at: '2025-06-01T10:00:00+08:00',
  merchant: 'M1',
  reference: 'r1',
  cardholderVerification: 'online-pin',
  offlineAuthentication: 'none',
  authorisationId: 'A000000007',
  card: { token: TOKEN, maskedPan: '629999*********4567', panSequence: 1, aid: 'A000000333010101' },
  chip: CHIP,
  hotlistVersion: 0,
  clock: 'trusted',
  software: 'test',
};
const NOT_LOADED: Record = { ...LOADED, outcome: 'declined', fundedBy: 'none', debited: 'none' };
const UNKNOWN: Record = { ...NOT_LOADED, outcome: 'undecided', debited: 'unknown' };

const AUTHORISATION: NamedAuthorisation = {
  state: 'held',
  amountMinor: 10_000,
  token: TOKEN,
  panSequence: 1,
  atc: 7,
  cryptogram: CHIP.cryptogram,
};
const OPEN: Load = {
  authorisation: 'id',
  token: TOKEN,
  panSequence: 1,
  atc: 7,
  amountMinor: 10_000,
  balanceBeforeMinor: 3_750,
  state: 'open',
  proven: false,
  recorded: false,
  origin: { terminal: 'T1', epoch: 0, sequence: 7 },
};
const GOOD: Facts = {
  inPlace: true,
  card: 'known',
  cryptogram: 'genuine',
  authorisation: AUTHORISATION,
  load: OPEN,
};
const facts = (load: Partial<Load>, more: Partial<Facts> = {}): Facts => ({
  ...GOOD,
  ...more,
  load: { ...OPEN, ...load },
});

function word(record: Record, given: Facts): string {
  const judgement = judge(record, given);
  return judgement.verdict === 'accepted' ? judgement.effect : `disputed: ${judgement.reason}`;
}

describe('a load that the terminal saw', () => {
  it.each([
    ['is posted', LOADED, GOOD, 'post-load'],
    ['is posted when it had been waited for', LOADED, facts({ state: 'waiting' }), 'post-load'],
    ['is noted when the chip told before', LOADED, facts({ state: 'loaded', proven: true }), 'note-load'],
    ['is posted once', LOADED, facts({ state: 'loaded', recorded: true }), 'disputed: authorisation-used'],
    ['was reversed', LOADED, facts({ state: 'not-loaded' }), 'disputed: authorisation-reversed'],
    [
      'is not what the chip shows',
      LOADED,
      facts({ state: 'not-loaded', proven: true }),
      'disputed: contradicts-evidence',
    ],
    ['must have the amount', LOADED, facts({ amountMinor: 9_999 }), 'disputed: authorisation-mismatch'],
    ['must have the card', LOADED, facts({ token: 'CD'.repeat(32) }), 'disputed: authorisation-mismatch'],
    ['must have the ATC', LOADED, facts({ atc: 8 }), 'disputed: authorisation-mismatch'],
    ['must have the sequence number', LOADED, facts({ panSequence: 2 }), 'disputed: authorisation-mismatch'],
    [
      'must have the cryptogram',
      LOADED,
      facts({}, { authorisation: { ...AUTHORISATION, cryptogram: '0000000000000000' } }),
      'disputed: authorisation-mismatch',
    ],
    ['needs a card of the scheme', LOADED, { ...GOOD, card: 'unknown' }, 'disputed: unknown-card'],
    ['is confirmed', { ...LOADED, confirmation: CONFIRMATION }, { ...GOOD, confirmation: 'genuine' }, 'post-load'],
    [
      'is not confirmed by somebody else',
      { ...LOADED, confirmation: CONFIRMATION },
      { ...GOOD, confirmation: 'wrong' },
      'disputed: wrong-confirmation',
    ],
    [
      'is not confirmed by a refusal',
      { ...LOADED, confirmation: { ...CONFIRMATION, cryptogramType: 'aac' } },
      { ...GOOD, confirmation: 'genuine' },
      'disputed: inconsistent',
    ],
  ] as const)('%s', (_title, record, given, expected) => {
    expect(word(record, given)).toBe(expected);
  });

  it('must name its authorisation, and that must be of a load', () => {
    const { authorisationId: _, ...unnamed } = LOADED;
    expect(word(unnamed, GOOD)).toBe('disputed: authorisation-missing');
    const { authorisation: _none, load: _no, ...bare } = GOOD;
    expect(word(LOADED, bare)).toBe('disputed: authorisation-unknown');
    expect(word(LOADED, { ...bare, authorisation: AUTHORISATION })).toBe('disputed: authorisation-mismatch');
  });

  it('pays no merchant', () => {
    expect(word({ ...LOADED, kind: 'purchase' }, GOOD)).toBe('disputed: authorisation-mismatch');
  });
});

describe('a load that the terminal saw fail', () => {
  it.each([
    ['ends the hold', NOT_LOADED, GOOD, 'drop-load'],
    ['ends it when it had been waited for', NOT_LOADED, facts({ state: 'waiting' }), 'drop-load'],
    ['has been reversed already', NOT_LOADED, facts({ state: 'not-loaded' }), 'none'],
    ['took place', NOT_LOADED, facts({ state: 'loaded', recorded: true }), 'disputed: authorisation-used'],
    [
      'took place, as the chip shows',
      NOT_LOADED,
      facts({ state: 'loaded', proven: true }),
      'disputed: contradicts-evidence',
    ],
    ['is not this one', NOT_LOADED, facts({ amountMinor: 1 }), 'disputed: authorisation-mismatch'],
  ] as const)('%s', (_title, record, given, expected) => {
    expect(word(record, given)).toBe(expected);
  });

  it('without an authorisation moves nothing', () => {
    const { authorisationId: _, ...unnamed } = NOT_LOADED;
    expect(word(unnamed, { inPlace: true, card: 'unknown' })).toBe('none');
  });
});

describe('a load of which the terminal does not know', () => {
  it.each([
    ['open', 'keep-load'],
    ['waiting', 'none'],
    ['loaded', 'none'],
    ['not-loaded', 'none'],
  ] as const)('while it is %s', (state, expected) => {
    expect(word(UNKNOWN, facts({ state }))).toBe(expected);
  });

  const settled = { ...LOADED, resolvesSequence: 4 };
  const resolvedRecord = { kind: 'load', amountMinor: 10_000, token: TOKEN } as const;
  it.each([
    ['is settled by a record that names it', settled, { ...GOOD, resolvedRecord }, 'post-load'],
    ['not by one that names nothing', settled, GOOD, 'disputed: resolves-unknown'],
    [
      'nor a purchase',
      settled,
      { ...GOOD, resolvedRecord: { ...resolvedRecord, kind: 'purchase' } },
      'disputed: resolves-unknown',
    ],
    [
      'nor another amount',
      settled,
      { ...GOOD, resolvedRecord: { ...resolvedRecord, amountMinor: 1 } },
      'disputed: resolves-unknown',
    ],
    [
      'nor another card',
      settled,
      { ...GOOD, resolvedRecord: { ...resolvedRecord, token: '' } },
      'disputed: resolves-unknown',
    ],
    ['nor itself', { ...settled, resolvesSequence: 9 }, { ...GOOD, resolvedRecord }, 'disputed: inconsistent'],
  ] as const)('%s', (_title, record, given, expected) => {
    expect(word(record, given)).toBe(expected);
  });
});

describe('a load that contradicts itself', () => {
  it.each([
    ['from the chip', { ...LOADED, fundedBy: 'chip', debited: 'chip' }],
    ['with a TC', { ...LOADED, chip: { ...CHIP, cryptogramType: 'tc' } }],
    ['of another amount than the card saw', { ...LOADED, amountMinor: 9_999 }],
    ['declined after debit', { ...LOADED, outcome: 'declined-after-debit', fundedBy: 'none', debited: 'chip' }],
    ['confirmed at another ATC', { ...LOADED, confirmation: { ...CONFIRMATION, atc: '0008' } }],
  ] as const)('%s', (_title, record) => {
    expect(word(record, { ...GOOD, confirmation: 'genuine' })).toBe('disputed: inconsistent');
  });
});
