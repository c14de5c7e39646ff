import { expect, it } from 'vitest';
import type { StoredPayment } from '../../offline-queue/index.ts';
import { type BookParts, book } from './book.ts';

const payment = { id: 'p', state: 'approved' } as StoredPayment;
const outcome = { paymentId: 'p', state: 'approved', final: true, detail: {} };

function parts(order: string[], commit: () => void = () => {}): BookParts {
  return {
    queue: {
      payments: {
        register: () => ({ kind: 'registered', payment }),
        get: () => payment,
        list: () => ({ items: [] }),
        unfinished: () => [],
        noteSlip: () => undefined,
        update: (_id, change) => {
          order.push(`updated at ${change.at}`);
          return payment;
        },
      },
      commitOutcome: (committed) => {
        commit();
        order.push(`committed at ${committed.at}`);
        return { payment };
      },
    },
    clock: { now: () => 0, monotonic: () => 0 },
    tell: () => order.push('told'),
    committed: () => order.push('woken'),
    step: async (name) => {
      order.push(name);
    },
  };
}

it('nobody is told of an outcome before it is on disk, and each step is where it says', async () => {
  const order: string[] = [];
  await book(parts(order)).commit(outcome, 'outcome-committed');
  expect(order).toEqual([
    'committed at 1970-01-01T00:00:00.000Z',
    'outcome-committed',
    'told',
    'woken',
    'outcome-told',
  ]);
});

it('a found intent is no outcome of the payment in progress', async () => {
  const order: string[] = [];
  await book(parts(order)).commit(outcome, 'intent-resolved');
  expect(order.slice(1)).toEqual(['intent-resolved', 'told', 'woken']);
});

it('nor of a state', () => {
  const order: string[] = [];
  book(parts(order)).move('p', { state: 'card-present' });
  expect(order).toEqual(['updated at 1970-01-01T00:00:00.000Z', 'told']);
});

it('what cannot be committed is told to nobody', async () => {
  const order: string[] = [];
  const full = parts(order, () => {
    throw new Error('disk full');
  });
  await expect(book(full).commit(outcome, 'outcome-committed')).rejects.toThrow('disk full');
  expect(order).toEqual([]);
});
