import { describe, expect, it } from 'vitest';
import type { Payment } from '../wire.ts';
import {
  type CustomerEvent,
  type CustomerState,
  customerView,
  INITIAL_CUSTOMER_STATE,
  reduceCustomer,
  resultOf,
} from './customer-state.ts';

const payment = (id: string, state: Payment['state']): Payment => ({
  ...{ id, state, kind: 'purchase', amountMinor: 1280, reference: '', offline: false, debited: 'none', createdAt: '' },
});
const heard = (id: string, state: Payment['state']): CustomerEvent => ({
  kind: 'payment-heard',
  payment: payment(id, state),
});
const listed = (...payments: readonly Payment[]): CustomerEvent => ({ kind: 'payments-listed', payments, askedAt: 99 });
const stateAfter = (...events: readonly CustomerEvent[]): CustomerState =>
  events.reduce(reduceCustomer, INITIAL_CUSTOMER_STATE);
/** What is on the screen, as a word. */
const seen = (...events: readonly CustomerEvent[]): string => {
  const view = customerView(stateAfter(...events));
  return view.kind === 'payment' ? `${view.payment.id} ${view.face}` : view.kind;
};

describe('the screen before the customer', () => {
  it.each<[string, CustomerEvent[], string]>([
    ['before the daemon has answered', [], 'away'],
    ['nothing goes on', [listed()], 'idle'],
    ['a payment was there before', [listed(payment('1', 'awaiting-card'))], '1 tap'],
    ['earlier results are nobody’s business', [listed(payment('1', 'approved'))], 'idle'],
    ['a payment is heard of', [listed(), heard('1', 'card-present')], '1 hold'],
    ['its result', [listed(), heard('1', 'awaiting-card'), heard('1', 'approved')], '1 approved'],
    ['a result of another one', [listed(), heard('1', 'undecided')], 'idle'],
    [
      'what is found out later',
      [
        listed(),
        heard('1', 'awaiting-card'),
        heard('1', 'undecided'),
        { kind: 'result-over', id: '1' },
        heard('1', 'declined'),
      ],
      'idle',
    ],
    [
      'the next one comes before a result is over',
      [
        listed(),
        heard('1', 'awaiting-card'),
        heard('1', 'approved'),
        heard('2', 'awaiting-card'),
        { kind: 'result-over', id: '1' },
      ],
      '2 tap',
    ],
    [
      'a payment does not end by time',
      [listed(), heard('1', 'awaiting-card'), { kind: 'result-over', id: '1' }],
      '1 tap',
    ],
    [
      'the time of an earlier result is over',
      [
        listed(),
        heard('1', 'awaiting-card'),
        heard('1', 'approved'),
        heard('2', 'awaiting-card'),
        heard('2', 'declined'),
        { kind: 'result-over', id: '1' },
      ],
      '2 declined',
    ],
    ['the daemon is lost in a payment', [listed(), heard('1', 'authorising'), { kind: 'daemon-lost' }], '1 lost'],
    [
      'the daemon is lost after one',
      [listed(), heard('1', 'awaiting-card'), heard('1', 'approved'), { kind: 'daemon-lost' }],
      '1 approved',
    ],
    ['the daemon is lost while nothing goes on', [listed(), { kind: 'daemon-lost' }], 'away'],
    [
      'it is back, and knows how it ended',
      [listed(), heard('1', 'authorising'), { kind: 'daemon-lost' }, listed(payment('1', 'approved'))],
      '1 approved',
    ],
    [
      'it is back, and does not have the payment',
      [listed(), heard('1', 'authorising'), { kind: 'daemon-lost' }, listed()],
      'idle',
    ],
  ])('%s', (_, events, expected) => {
    expect(seen(...events)).toBe(expected);
  });

  it('an answer yields to an event that overtook it', () => {
    const late: CustomerEvent = { kind: 'payments-listed', payments: [payment('1', 'awaiting-card')], askedAt: 1 };
    expect(seen(listed(), heard('1', 'awaiting-card'), heard('1', 'approved'), late)).toBe('1 approved');
  });

  it('has a result only when the payment is over', () => {
    expect(resultOf(stateAfter(listed(), heard('1', 'awaiting-card')))).toBeUndefined();
    expect(resultOf(stateAfter(listed(), heard('1', 'awaiting-card'), heard('1', 'failed')))).toBe('1');
  });
});
