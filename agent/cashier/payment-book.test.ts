import { describe, expect, it } from 'vitest';
import { BOOK_SIZE, EMPTY_BOOK, findPayment, hear, learn, learnAll } from './payment-book.ts';
import type { Payment, PaymentState } from './wire.ts';

const payment = (id: string, state: PaymentState): Payment => ({
  id,
  kind: 'purchase',
  state,
  amountMinor: 1280,
  reference: id,
  offline: false,
  debited: 'none',
  createdAt: '2026-11-24T10:00:00+08:00',
});

describe('the payments the page knows', () => {
  it('takes every event as the newest word', () => {
    const book = hear(hear(EMPTY_BOOK, payment('a', 'approved')), payment('a', 'card-present'));
    expect(book.items).toEqual([payment('a', 'card-present')]);
  });

  it('leaves an answer aside that an event has overtaken', () => {
    const asked = hear(EMPTY_BOOK, payment('a', 'awaiting-card'));
    const heard = hear(asked, payment('a', 'approved'));
    expect(learn(heard, payment('a', 'awaiting-card'), asked.revision)).toBe(heard);
    expect(findPayment(learnAll(heard, [payment('a', 'card-present')], asked.revision), 'a')?.state).toBe('approved');
  });

  it('takes an answer to a question put after the last event', () => {
    const heard = hear(EMPTY_BOOK, payment('a', 'awaiting-card'));
    expect(learn(heard, payment('a', 'cancelled'), heard.revision).items).toEqual([payment('a', 'cancelled')]);
    expect(learnAll(heard, [payment('a', 'declined')], heard.revision).items).toEqual([payment('a', 'declined')]);
  });

  it('leaves a list aside that is older than an answer', () => {
    const asked = hear(EMPTY_BOOK, payment('a', 'awaiting-card'));
    const learnt = learn(asked, payment('a', 'cancelled'), asked.revision);
    expect(learnAll(learnt, [payment('a', 'awaiting-card')], asked.revision).items).toEqual([
      payment('a', 'cancelled'),
    ]);
  });

  it('keeps a payment that began while the list was on its way, and drops a live one that the list does not have', () => {
    const asked = hear(hear(EMPTY_BOOK, payment('old', 'approved')), payment('gone', 'present-again'));
    const heard = hear(asked, payment('new', 'awaiting-card'));
    expect(learnAll(heard, [payment('other', 'declined')], asked.revision).items.map(({ id }) => id)).toEqual([
      'new',
      'other',
      'old',
    ]);
  });

  it('holds no more than its size', () => {
    let book = EMPTY_BOOK;
    for (let n = 0; n < BOOK_SIZE * 2; n++) book = hear(book, payment(`p${n}`, 'approved'));
    expect(book.items.map(({ id }) => id)).toEqual(
      Array.from({ length: BOOK_SIZE }, (_, n) => `p${BOOK_SIZE * 2 - 1 - n}`),
    );
    expect(book.heardAt.size).toBe(BOOK_SIZE);
  });
});
