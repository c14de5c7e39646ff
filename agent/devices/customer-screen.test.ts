import { beforeEach, describe, expect, it } from 'vitest';
import type { CustomerDisplay } from '../../drivers/index.ts';
import type { PaymentResource } from '../api/payment-resource.ts';
import { type CustomerScreen, customerScreen, RESULT_SHOWN_MS } from './customer-screen.ts';

describe("the customer's display", () => {
  let shown: string[];
  let runOut: (() => void) | undefined;
  let screen: CustomerScreen;

  const follow = (id: string, state: PaymentResource['state']): void =>
    screen.follow({
      ...{ id, state, kind: 'purchase', amountMinor: 1280, currency: 'CNY', reference: 'r', offline: false },
      ...{ debited: 'none', createdAt: '', updatedAt: '' },
    });

  beforeEach(() => {
    shown = [];
    runOut = undefined;
    const display: CustomerDisplay = {
      ...{ name: 'display', language: 'en', state: 'ready', detail: undefined },
      onChange: () => () => {},
      show: ([upper]) => shown.push(upper),
      close: async () => {},
    };
    screen = customerScreen(display, (ms, callback) => {
      expect(ms).toBe(RESULT_SHOWN_MS);
      runOut = callback;
      return () => {
        runOut = undefined;
      };
    });
  });

  it('welcomes, follows a payment, shows its result for a while, and welcomes again', () => {
    follow('1', 'awaiting-card');
    follow('1', 'approved');
    runOut?.();
    expect(shown).toEqual(['Welcome', 'Total      CNY 12.80', 'Paid       CNY 12.80', 'Welcome']);
  });

  it('goes from a result to the next payment at once, and stays there', () => {
    follow('1', 'awaiting-card');
    follow('1', 'cancelled');
    follow('2', 'awaiting-card');
    expect(runOut).toBeUndefined();
    expect(shown.at(-1)).toBe('Total      CNY 12.80');
  });

  it('shows nothing that comes out later about an earlier payment', () => {
    follow('1', 'awaiting-card');
    follow('1', 'undecided');
    runOut?.();
    follow('1', 'declined');
    follow('2', 'present-again');
    follow('1', 'declined');
    expect(shown).toEqual(['Welcome', 'Total      CNY 12.80', 'Not decided yet', 'Welcome', 'Total      CNY 12.80']);
  });

  it('leaves no timer behind', () => {
    follow('1', 'awaiting-card');
    follow('1', 'approved');
    screen.stop();
    expect(runOut).toBeUndefined();
  });
});
