import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAG } from '../dictionary/index.ts';
import { fen, hex } from '../values/index.ts';
import { electronicCashAction, electronicCashPath, offersElectronicCash } from './electronic-cash.ts';

describe('offersElectronicCash', () => {
  it.each<[string, number, number, number | undefined, number | undefined, boolean]>([
    ['below 9F7B', 0x00, 9_999, 10_000, undefined, true],
    ['at 9F7B', 0x00, 10_000, 10_000, undefined, false],
    ['9F7B goes before 9F1B', 0x00, 9_999, 10_000, 100, true],
    ['9F7B goes before 9F1B, the other way', 0x00, 9_999, 100, 20_000, false],
    ['below 9F1B where there is no 9F7B', 0x00, 9_999, undefined, 10_000, true],
    ['at 9F1B', 0x00, 10_000, undefined, 10_000, false],
    ['neither limit', 0x00, 1, undefined, undefined, false],
    ['a limit of zero', 0x00, 0, 0, 20_000, false],
    ['cash', 0x01, 1, 10_000, undefined, false],
    ['a purchase with cashback', 0x09, 1, 10_000, undefined, false],
    ['a refund', 0x20, 1, 10_000, undefined, false],
    ['a load', 0x60, 1, 10_000, undefined, false],
  ])('%s', (_, transactionType, amount, transactionLimit, floorLimit, offered) => {
    expect(
      offersElectronicCash({
        amount: fen(amount),
        transactionType,
        ...(transactionLimit !== undefined && { transactionLimit: fen(transactionLimit) }),
        ...(floorLimit !== undefined && { floorLimit: fen(floorLimit) }),
      }),
    ).toBe(offered);
  });
});

describe('electronicCashPath', () => {
  // 454343303031: "ECC001".
  it.each<[string, string | undefined, string | undefined, boolean, string]>([
    ['9F74', '454343303031', '0156', true, 'electronic-cash'],
    ['9F74, no 9F42', '454343303031', undefined, true, 'electronic-cash'],
    ['no 9F74', undefined, '0156', true, 'debit-credit'],
    ['9F74 that nobody asked for', '454343303031', '0156', false, 'debit-credit'],
    ['9F74 of five bytes', '4543433030', '0156', true, 'malformed'],
    ['an empty 9F74', '', '0156', true, 'malformed'],
    ['another currency', '454343303031', '0344', true, 'malformed'],
    ['another currency, no 9F74', undefined, '0344', true, 'debit-credit'],
  ])('%s', (_, code, currency, offered, path) => {
    const card = new Map([
      ...(code === undefined ? [] : [[TAG.ecAuthorisationCode, hex(code)] as const]),
      ...(currency === undefined ? [] : [[TAG.applicationCurrency, hex(currency)] as const]),
    ]);
    expect(electronicCashPath(card, { offered, currencyCode: hex('0156') })).toBe(path);
  });
});

interface Money {
  readonly amount: number;
  readonly balance?: string;
  readonly threshold?: string;
  readonly single?: string;
  readonly limit?: string;
  readonly terminalType?: number;
  readonly onlinePin?: boolean;
}

const action = ({ amount, balance, threshold, single, limit, terminalType = 0x22, onlinePin = true }: Money) =>
  electronicCashAction({
    amount: fen(amount),
    balance: balance === undefined ? undefined : hex(balance),
    resetThreshold: threshold === undefined ? undefined : hex(threshold),
    ...(single !== undefined && { singleLimit: hex(single) }),
    ...(limit !== undefined && { balanceLimit: hex(limit) }),
    terminalType,
    onlinePin,
  });

describe('electronicCashAction (JR/T 0025.13 §7.4.4)', () => {
  // Balance 500.00, reset threshold 100.00.
  const CARD = { balance: '000000050000', threshold: '000000010000' };
  const OFFLINE_ONLY = { terminalType: 0x23 };

  it.each<[string, Money, string]>([
    ['well above the threshold', { ...CARD, amount: 1_250 }, 'offline'],
    ['down to the threshold', { ...CARD, amount: 40_000 }, 'offline'],
    ['one fen below the threshold', { ...CARD, amount: 40_001 }, 'online-with-pin'],
    ['the whole balance', { ...CARD, amount: 50_000 }, 'online-with-pin'],
    ['one fen more than the balance', { ...CARD, amount: 50_001 }, 'online'],
    ['the whole balance, threshold zero', { ...CARD, threshold: '000000000000', amount: 50_000 }, 'offline'],
    ['below the threshold, no PIN pad', { ...CARD, amount: 40_001, onlinePin: false }, 'offline'],
    ['more than the balance, no PIN pad', { ...CARD, amount: 50_001, onlinePin: false }, 'online'],
    ['below the threshold, offline only', { ...CARD, amount: 50_000, ...OFFLINE_ONLY }, 'offline'],
    ['more than the balance, offline only', { ...CARD, amount: 50_001, ...OFFLINE_ONLY }, 'declined'],
    ['below the threshold, online only', { ...CARD, amount: 40_001, terminalType: 0x21 }, 'online-with-pin'],
    ['at the single limit', { ...CARD, amount: 30_000, single: '000000030000' }, 'offline'],
    ['above the single limit', { ...CARD, amount: 30_001, single: '000000030000' }, 'online'],
    [
      'above the single limit, offline only',
      { ...CARD, amount: 30_001, single: '000000030000', ...OFFLINE_ONLY },
      'declined',
    ],
    ['a balance at its limit', { ...CARD, amount: 1, limit: '000000050000' }, 'offline'],
    ['a balance above its limit', { ...CARD, amount: 1, limit: '000000049999' }, 'online'],
    ['limits that are no amounts', { ...CARD, amount: 1, single: '00', limit: 'FFFFFFFFFFFF' }, 'offline'],
    ['no balance', { threshold: CARD.threshold, amount: 1 }, 'malformed'],
    ['no threshold', { balance: CARD.balance, amount: 1 }, 'malformed'],
    ['a balance of five bytes', { ...CARD, balance: '0000050000', amount: 1 }, 'malformed'],
    ['a balance that is no number', { ...CARD, balance: '00000005000A', amount: 1 }, 'malformed'],
    ['a threshold that is no number', { ...CARD, threshold: 'FFFFFFFFFFFF', amount: 1 }, 'malformed'],
  ])('%s', (_, money, expected) => {
    expect(action(money)).toBe(expected);
  });

  it('spends no more than the balance, whatever a card gives', () => {
    const value = fc.option(fc.uint8Array({ minLength: 5, maxLength: 7 }), { nil: undefined });
    const digits = fc.option(fc.integer({ min: 0, max: 99_999 }), { nil: undefined });
    const bytes = (number: number | undefined) =>
      number === undefined ? undefined : hex(String(number).padStart(12, '0'));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999 }),
        digits,
        fc.oneof(value, digits.map(bytes)),
        (amount, balance, resetThreshold) => {
          const facts = {
            amount: fen(amount),
            balance: bytes(balance),
            resetThreshold,
            terminalType: 0x22,
            onlinePin: true,
          };
          const end = electronicCashAction(facts);
          if (end === 'offline' || end === 'online-with-pin') expect(balance).toBeGreaterThanOrEqual(amount);
        },
      ),
    );
  });
});
