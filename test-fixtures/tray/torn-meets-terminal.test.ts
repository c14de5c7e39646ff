import { describe, expect, it } from 'vitest';
import { tearAt } from '../card/index.ts';
import { buy } from './purchase-at-terminal.ts';

const AMOUNT = 100;

/** A purchase torn at its last command, the one that makes the card pay. */
function torn(id: string, when: 'before-card' | 'after-card') {
  const { exchanges } = buy(id, AMOUNT);
  const purchase = buy(id, AMOUNT, { faults: [tearAt(exchanges, when)] });
  expect(purchase.outcome).toEqual({ kind: 'torn', at: 'after-intent' });
  return purchase;
}

describe.each(['rich', 'poor', 'fdda-00', 'sm4', 'sm2', 'long-chain', 'two-applications', 'no-ppse'])(
  '%s, torn',
  (id) => {
    it('after it has paid: the payment is finished, and the card pays no more', () => {
      const purchase = torn(id, 'after-card');
      expect(purchase.paid).toBe(AMOUNT);
      expect(purchase.recoverWith(id)).toMatchObject({
        kind: 'debited',
        outcome: { kind: 'approved', fundedBy: 'chip' },
      });
      expect(purchase.recoverWith(id)).toMatchObject({ kind: 'debited' });
      expect(purchase.paidInAll()).toBe(AMOUNT);
    });

    it('before it has paid: nothing was taken, and probing takes nothing', () => {
      const purchase = torn(id, 'before-card');
      expect(purchase.recoverWith(id)).toEqual({ kind: 'not-debited' });
      expect(purchase.paidInAll()).toBe(0);
    });

    it('another card instead is known as another', () => {
      expect(torn(id, 'after-card').recoverWith('cvn17')).toEqual({ kind: 'other-card' });
    });
  },
);

describe('a torn card that does not let the terminal know', () => {
  it('hides its balance: the centre decides', () => {
    expect(torn('hides-balance', 'after-card').recoverWith('hides-balance')).toMatchObject({
      kind: 'undecided',
      why: 'no-evidence',
    });
  });

  it('forged its signature: declined after debit', () => {
    expect(torn('forged-fdda', 'after-card').recoverWith('forged-fdda')).toMatchObject({
      kind: 'debited',
      outcome: { kind: 'declined', reason: 'not-genuine', debited: 'chip' },
    });
  });
});
