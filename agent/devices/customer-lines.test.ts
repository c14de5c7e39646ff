import { describe, expect, it } from 'vitest';
import { type PaymentResource, paymentResource } from '../api/payment-resource.ts';
import { LOAD_SENTENCES } from '../payment/load-sentences.ts';
import { SENTENCES } from '../payment/purchase-sentences.ts';
import { customerLines } from './customer-lines.ts';
import { customerReason } from './customer-reasons.ts';
import { DISPLAY_WORDS } from './customer-words.ts';

const CARD = { maskedPan: '622384******0011', label: 'JD', aid: 'A000000333010106', balanceMinor: 78_720 };

const payment = (change: Partial<PaymentResource> = {}): PaymentResource => ({
  id: '0b0f2f3c-0000-4000-8000-000000000001',
  kind: 'purchase',
  state: 'awaiting-card',
  amountMinor: 1280,
  currency: 'CNY',
  reference: 'receipt 1',
  offline: false,
  debited: 'none',
  createdAt: '2026-11-26T10:00:00Z',
  updatedAt: '2026-11-26T10:00:00Z',
  ...change,
});

const columns = (text: string): number => [...text].reduce((sum, one) => sum + (one.charCodeAt(0) < 0x80 ? 1 : 2), 0);

describe('what the customer reads', () => {
  it.each<[string, Partial<PaymentResource>, string, string, string, string]>([
    ['awaiting-card', {}, 'Total      CNY 12.80', 'Please tap your card', '应付        12.80 元', '请刷卡'],
    [
      'card-present',
      { state: 'card-present' },
      'Total      CNY 12.80',
      'Keep the card there',
      '应付        12.80 元',
      '请勿移开卡片',
    ],
    [
      'authorising',
      { state: 'authorising' },
      'Total      CNY 12.80',
      'Keep the card there',
      '应付        12.80 元',
      '请勿移开卡片',
    ],
    [
      'awaiting-pin',
      { state: 'awaiting-pin' },
      'Total      CNY 12.80',
      'Please enter the PIN',
      '应付        12.80 元',
      '请输入密码',
    ],
    [
      'torn',
      { state: 'present-again', reason: 'torn', debited: 'unknown' },
      'Total      CNY 12.80',
      'Same card once more',
      '应付        12.80 元',
      '请同一张卡再刷一次',
    ],
    [
      'torn, of which nothing is known',
      { state: 'present-again' },
      'Total      CNY 12.80',
      'Same card once more',
      '应付        12.80 元',
      '请同一张卡再刷一次',
    ],
    [
      'torn before it could pay',
      { state: 'present-again', reason: 'transmission' },
      'Total      CNY 12.80',
      'Tap once more please',
      '应付        12.80 元',
      '请再刷一次',
    ],
    [
      'two cards',
      { state: 'present-again', reason: 'several-cards' },
      'Total      CNY 12.80',
      'One card only please',
      '应付        12.80 元',
      '请只用一张卡',
    ],
    [
      'approved',
      { state: 'approved', debited: 'chip', card: CARD },
      'Paid       CNY 12.80',
      'Balance   CNY 787.20',
      '已付        12.80 元',
      '余额       787.20 元',
    ],
    [
      'approved without a balance',
      { state: 'approved', debited: 'account' },
      'Paid       CNY 12.80',
      'Thank you',
      '已付        12.80 元',
      '谢谢惠顾',
    ],
    [
      'declined',
      { state: 'declined', reason: 'insufficient-funds' },
      'Not paid',
      'Not enough money',
      '未付款',
      '余额不足',
    ],
    [
      'declined for what is not for all eyes',
      { state: 'declined', reason: 'hotlisted' },
      'Not paid',
      'Ask the cashier',
      '未付款',
      '请咨询收银员',
    ],
    [
      'declined after debit',
      { state: 'declined', reason: 'expired', debited: 'chip' },
      'Not paid',
      'Ask the cashier',
      '未付款',
      '请咨询收银员',
    ],
    ['failed', { state: 'failed', reason: 'internal-error' }, 'Not paid', 'Ask the cashier', '未付款', '请咨询收银员'],
    [
      'cancelled',
      { state: 'cancelled', reason: 'cancelled' },
      'Cancelled',
      'Nothing was charged',
      '已取消',
      '没有扣款',
    ],
    [
      'undecided',
      { state: 'undecided', debited: 'unknown' },
      'Not decided yet',
      'Ask the cashier',
      '结果待定',
      '请咨询收银员',
    ],
    [
      'a load',
      { kind: 'load', amountMinor: 5000 },
      'Load       CNY 50.00',
      'Lay your card there',
      '圈存        50.00 元',
      '请放好卡片',
    ],
    [
      'a loaded card',
      { kind: 'load', amountMinor: 5000, state: 'approved', card: CARD },
      'Loaded     CNY 50.00',
      'Balance   CNY 787.20',
      '已圈存      50.00 元',
      '余额       787.20 元',
    ],
    [
      'a load that was cancelled',
      { kind: 'load', state: 'cancelled' },
      'Cancelled',
      'Nothing was loaded',
      '已取消',
      '没有圈存',
    ],
    ['an inquiry', { kind: 'balance', amountMinor: 0 }, 'Balance', 'Please tap your card', '查询余额', '请刷卡'],
    [
      'its answer',
      { kind: 'balance', amountMinor: 0, state: 'approved', card: CARD },
      '',
      'Balance   CNY 787.20',
      '',
      '余额       787.20 元',
    ],
  ])('%s', (_, change, upper, lower, zhUpper, zhLower) => {
    expect(customerLines(payment(change), 'en')).toEqual([upper, lower]);
    expect(customerLines(payment(change), 'zh')).toEqual([zhUpper, zhLower]);
  });

  it('is a welcome while nothing goes on', () => {
    expect(customerLines(undefined, 'en')).toEqual(['Welcome', 'Jiangdu card']);
    expect(customerLines(undefined, 'zh')).toEqual(['欢迎光临', '江都购物卡']);
  });

  it('keeps an amount whole that leaves no room for its word', () => {
    const most = payment({ state: 'approved', amountMinor: 999_999_999_999, card: { ...CARD, balanceMinor: -5 } });
    expect(customerLines(most, 'en')).toEqual(['CNY 9999999999.99', 'Balance    CNY -0.05']);
  });

  it('fits, in every state of every kind with every reason, and has no number of a card', () => {
    const reasons = [undefined, ...new Set([...Object.keys(SENTENCES), ...Object.keys(LOAD_SENTENCES)])];
    for (const language of ['zh', 'en'] as const)
      for (const kind of ['purchase', 'load', 'balance'] as const)
        for (const state of paymentResource.shape.state.options)
          for (const reason of reasons) {
            const one = payment({ kind, state, card: CARD, ...(reason !== undefined && { reason }) });
            for (const line of customerLines(one, language)) {
              expect(columns(line), line).toBeLessThanOrEqual(20);
              expect(line).not.toMatch(/6223|0011/);
            }
          }
  });

  it('has words of twenty columns at most, and no Chinese in English', () => {
    const texts = (value: unknown): string[] =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value
          ? Object.values(value).flatMap(texts)
          : [];
    for (const text of texts(DISPLAY_WORDS)) expect(columns(text), text).toBeLessThanOrEqual(20);
    for (const text of texts(DISPLAY_WORDS.en)) expect(text).toMatch(/^[ -~]+$/);
  });

  it('knows no reason that there is not', () => {
    const all = new Set([...Object.keys(SENTENCES), ...Object.keys(LOAD_SENTENCES)]);
    const known = [...all].filter((reason) => customerReason(reason) !== customerReason(undefined));
    expect(known).toHaveLength(10);
    expect(customerReason('constructor')).toBe(customerReason(undefined));
  });
});
