import { describe, expect, it } from 'vitest';
import type { Record } from '../../contract/record/index.ts';
import type { Facts } from './facts-of-record.ts';
import { judge } from './judge.ts';

const TOKEN = 'AB'.repeat(32);
const PURSE = {
  transactionType: '06',
  sequence: 7,
  terminalId: '010203040506',
  terminalSequence: 42,
  date: '20250601',
  time: '123015',
  keyIndex: 1,
  keyVersion: 0,
  random: 'A1B2C3D4',
  mac1: '56D96987',
  mac2: 'D5BA4A53',
  mac2Verdict: 'genuine',
  transactionCode: '9AA91D39',
} as const;
const PAID: Record = {
  terminal: 'T1',
  epoch: 1,
  sequence: 9,
  paymentId: 'p1',
  kind: 'purchase',
  outcome: 'approved',
  fundedBy: 'chip',
  debited: 'chip',
  offline: true,
  amountMinor: 1_250,
  currency: 'CNY',
  at: '2025-06-01T12:30:15+08:00',
  merchant: 'M1',
  reference: 'r1',
  cardholderVerification: 'none',
  offlineAuthentication: 'none',
  card: { token: TOKEN, maskedPan: '310000**********9012', panSequence: 0, aid: 'A00000000386980701' },
  purse: PURSE,
  hotlistVersion: 0,
  clock: 'trusted',
  software: 'test',
};
const AFTER_DEBIT: Record = { ...PAID, outcome: 'declined-after-debit', fundedBy: 'none' };
const REFUSED: Record = { ...PAID, outcome: 'declined', fundedBy: 'none', debited: 'none' };
const UNKNOWN: Record = { ...REFUSED, outcome: 'undecided', debited: 'unknown' };
const GOOD: Facts = { inPlace: true, card: 'known', transactionCode: 'genuine' };
const resolvedRecord = { kind: 'purchase', amountMinor: 1_250, token: TOKEN } as const;

function word(record: Record, facts: Facts): string {
  const judgement = judge(record, facts);
  return judgement.verdict === 'accepted' ? judgement.effect : `disputed: ${judgement.reason}`;
}

describe('a purse', () => {
  it.each([
    ['pays', PAID, GOOD, 'pay-from-purse'],
    ['does not pay with a wrong TAC', PAID, { ...GOOD, transactionCode: 'wrong' }, 'disputed: wrong-transaction-code'],
    ['nor with one that cannot be checked', PAID, { inPlace: true, card: 'known' }, 'disputed: wrong-transaction-code'],
    ['pays once', PAID, { ...GOOD, moved: 'paid' }, 'disputed: repeated-cryptogram'],
    ['pays nothing that was given back', PAID, { ...GOOD, moved: 'given-back' }, 'disputed: repeated-cryptogram'],
    ['of nobody pays nothing', PAID, { ...GOOD, card: 'unknown' }, 'disputed: unknown-card'],
    ['gets back what it paid for nothing', AFTER_DEBIT, GOOD, 'give-back-purse'],
    ['gets it back once', AFTER_DEBIT, { ...GOOD, moved: 'given-back' }, 'disputed: repeated-cryptogram'],
    [
      'gets nothing back that the merchant has',
      AFTER_DEBIT,
      { ...GOOD, moved: 'paid' },
      'disputed: repeated-cryptogram',
    ],
    [
      'gets nothing back without its TAC',
      AFTER_DEBIT,
      { ...GOOD, transactionCode: 'wrong' },
      'disputed: wrong-transaction-code',
    ],
    ['refuses', REFUSED, { inPlace: true, card: 'unknown' }, 'none'],
    ['may have paid', UNKNOWN, GOOD, 'note-undecided-purse'],
    ['has paid after all', { ...AFTER_DEBIT, resolvesSequence: 4 }, { ...GOOD, resolvedRecord }, 'give-back-purse'],
    [
      'has its money back already',
      { ...AFTER_DEBIT, resolvesSequence: 4 },
      { ...GOOD, resolvedRecord, moved: 'given-back' },
      'none',
    ],
    ['settles nothing that is not there', { ...AFTER_DEBIT, resolvesSequence: 4 }, GOOD, 'disputed: resolves-unknown'],
    [
      'is not loaded without the host',
      { ...PAID, kind: 'load', fundedBy: 'account', debited: 'account', purse: { ...PURSE, transactionType: '02' } },
      GOOD,
      'disputed: authorisation-missing',
    ],
  ] as const)('%s', (_title, record, facts, expected) => {
    expect(word(record, facts)).toBe(expected);
  });

  it.each([
    ['approved against the PSAM', { ...PAID, purse: { ...PURSE, mac2Verdict: 'wrong' } }],
    ['paid from the account', { ...PAID, fundedBy: 'account', debited: 'account' }],
    ['a purchase of the type of a load', { ...PAID, purse: { ...PURSE, transactionType: '02' } }],
    ['a load of the type of a purchase', { ...PAID, kind: 'load', fundedBy: 'account', debited: 'account' }],
    ['nothing', { ...PAID, amountMinor: 0 }],
  ] as const)('contradicts itself: %s', (_title, record) => {
    expect(word(record, GOOD)).toBe('disputed: inconsistent');
  });
});
