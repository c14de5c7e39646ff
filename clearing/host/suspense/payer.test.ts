import { expect, it } from 'vitest';
import type { Record } from '../../contract/record/index.ts';
import type { Facts } from '../batches/facts-of-record.ts';
import { type Claim, payerOf } from './payer.ts';

const CHIP = {
  cryptogramType: 'tc',
  cryptogram: '0011223344556677',
  amountAuthorised: '000000000300',
  amountOther: '000000000000',
  terminalCountryCode: '0156',
  tvr: '0000000000',
  currencyCode: '0156',
  transactionDate: '260301',
  transactionType: '00',
  unpredictableNumber: '11223344',
  aip: '7C00',
  atc: '0007',
  issuerApplicationData: '07010103900000010A010000003750E2D474A1',
} as const;
const PURSE = {
  transactionType: '06',
  sequence: 7,
  terminalId: '010203040506',
  terminalSequence: 42,
  date: '20260301',
  time: '123015',
  keyIndex: 1,
  keyVersion: 0,
  random: 'A1B2C3D4',
  mac1: '56D96987',
  mac2: 'D5BA4A53',
  mac2Verdict: 'genuine',
  transactionCode: '9AA91D39',
} as const;
const SALE: Record = {
  terminal: 'T1',
  epoch: 1,
  sequence: 9,
  paymentId: 'p1',
  kind: 'purchase',
  outcome: 'approved',
  fundedBy: 'chip',
  debited: 'chip',
  offline: true,
  amountMinor: 300,
  currency: 'CNY',
  at: '2026-03-01T12:00:00+08:00',
  merchant: 'M1',
  reference: 'r1',
  cardholderVerification: 'none',
  offlineAuthentication: 'none',
  card: { token: 'AB'.repeat(32), maskedPan: '629999*********4567', panSequence: 1, aid: 'A000000333010101' },
  chip: CHIP,
  hotlistVersion: 0,
  clock: 'trusted',
  software: 'test',
};
const { chip: _, ...WITHOUT_CHIP } = SALE;
const { card: __, ...WITHOUT_CARD } = SALE;

const GENUINE: Claim = {
  record: SALE,
  cardKnown: true,
  facts: { inPlace: true, card: 'known', cryptogram: 'genuine' },
};
const of = (change: Partial<Record>): Pick<Claim, 'record'> => ({ record: { ...SALE, ...change } });
const facts = (change: Partial<Facts>): Pick<Claim, 'facts'> => ({ facts: { ...GENUINE.facts, ...change } });

const ARQC = { ...CHIP, cryptogramType: 'arqc' } as const;
const BY_ACCOUNT = of({ fundedBy: 'account', debited: 'account', chip: ARQC });
const LOAD = of({ kind: 'load', fundedBy: 'account', debited: 'account', chip: ARQC, offline: false });
const AFTER_DEBIT = of({ outcome: 'declined-after-debit', fundedBy: 'none' });
const FROM_PURSE = { record: { ...WITHOUT_CHIP, purse: PURSE } };
const own = (state: 'waiting' | 'loaded' | 'not-loaded', change: object = {}): Pick<Claim, 'load'> => ({
  load: { state, proven: false, amountMinor: 300, ...change },
});

const CENTRE = { paidBy: 'centre' };
const refused = (why: string) => ({ refused: expect.stringContaining(why) });

it.each<[string, Partial<Claim>, object]>([
  ['a TC that is genuine and has moved nothing', {}, { paidBy: 'chip', effect: 'pay-from-chip' }],
  ['a TC that does not verify', facts({ cryptogram: 'wrong' }), CENTRE],
  ['a TC that was paid before', facts({ moved: 'paid' }), CENTRE],
  ['a TC whose money was given back', facts({ moved: 'given-back' }), CENTRE],
  ['a TC of a card that nobody loaded', { cardKnown: false, ...facts({ card: 'unknown' }) }, CENTRE],
  ['a record that contradicts itself', of({ debited: 'none' }), CENTRE],
  ['a record without a card', { record: WITHOUT_CARD }, refused('no card')],
  ['an ARQC of which no authorisation is left', BY_ACCOUNT, { paidBy: 'account', effect: 'pay-from-account' }],
  ['an ARQC that is owed', { ...BY_ACCOUNT, ...facts({ moved: 'owed' }) }, CENTRE],
  ['an ARQC that another terminal holds money for', { ...BY_ACCOUNT, ...facts({ moved: 'held' }) }, CENTRE],
  [
    'what the host still holds for it, whatever came of its cryptogram',
    { ...BY_ACCOUNT, ...facts({ cryptogram: 'wrong' }), hold: { amountMinor: 300 } },
    { paidBy: 'account', effect: 'post-hold' },
  ],
  [
    'more than the host holds for it',
    { ...BY_ACCOUNT, ...facts({ cryptogram: 'wrong' }), hold: { amountMinor: 299 } },
    CENTRE,
  ],
  [
    'a TAC that is genuine',
    { ...FROM_PURSE, ...facts({ transactionCode: 'genuine' }) },
    { paidBy: 'purse', effect: 'pay-from-purse' },
  ],
  ['a TAC that is not', { ...FROM_PURSE, ...facts({ transactionCode: 'wrong' }) }, CENTRE],
  ['a debit for nothing, by its TC', AFTER_DEBIT, { paidBy: 'chip', effect: 'give-back' }],
  [
    'a debit for nothing that was given back',
    { ...AFTER_DEBIT, ...facts({ moved: 'given-back' }) },
    refused('on its account'),
  ],
  ['a debit for nothing whose TC has paid a merchant', { ...AFTER_DEBIT, ...facts({ moved: 'paid' }) }, CENTRE],
  ['a debit for nothing that was none', { ...AFTER_DEBIT, shown: 'not-debited' }, refused('not debited')],
  [
    'a debit for nothing that the chip has shown',
    { ...AFTER_DEBIT, shown: 'debited' },
    { paidBy: 'chip', effect: 'give-back' },
  ],
  ['a debit of a card without account', { ...AFTER_DEBIT, cardKnown: false }, refused('no account')],
  ['a load that waits', { ...LOAD, ...own('waiting') }, { paidBy: 'account', effect: 'post-load' }],
  [
    'a load that its terminal has undone',
    { ...LOAD, ...own('not-loaded') },
    { paidBy: 'account', effect: 'post-load' },
  ],
  ['a load that the chip did not take', { ...LOAD, ...own('not-loaded', { proven: true }) }, refused('did not take')],
  ['a load that was counted', { ...LOAD, ...own('loaded') }, refused('has paid')],
  ['a load of another amount than authorised', { ...LOAD, ...own('waiting', { amountMinor: 299 }) }, refused('299')],
  ['a load whose authorisation was lost', LOAD, { paidBy: 'account', effect: 'load-unauthorised' }],
  ['a lost load that the chip has not taken', { ...LOAD, shown: 'not-loaded' }, refused('did not take')],
  [
    'a lost load that the chip has taken',
    { ...LOAD, shown: 'loaded' },
    { paidBy: 'account', effect: 'load-unauthorised' },
  ],
  ['a lost load that was paid before', { ...LOAD, ...facts({ moved: 'paid' }) }, refused('has paid')],
  ['a lost load with an ARQC that is none', { ...LOAD, ...facts({ cryptogram: 'wrong' }) }, CENTRE],
  ['a load of a card without account', { ...LOAD, cardKnown: false }, refused('no account')],
])('%s', (_title, change, expected) => {
  expect(payerOf({ ...GENUINE, ...change })).toEqual(expected);
});
