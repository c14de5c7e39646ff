import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Queue, StoredBatch } from './queue.ts';
import { AT, acknowledge, approval, registration, settle, sign, type TestQueue, testQueue } from './test-support.ts';

/** What a queue should hold, kept as simply as can be. */
interface Model {
  payments: { id: string; state: string; final: boolean; intent: 'none' | 'open' | 'undecided'; reversal: 'none' | 'due' | 'cancelled' | 'done' }[];
  /** Outcome and amount of each record, in sequence order. */
  records: { outcome: string; amount: number; acknowledged: boolean }[];
  batches: { id: string; first: number; last: number; state: StoredBatch['state'] }[];
}

type Operation =
  | { readonly do: 'register'; readonly amount: number }
  | { readonly do: 'intent' | 'reversal' | 'approve' | 'decline' | 'cancel' | 'find' | 'reverse' | 'submit' | 'accept' | 'settle' | 'restart' }
  | { readonly do: 'seal'; readonly limit: number };

const simple = (...names: readonly Exclude<Operation['do'], 'register' | 'seal'>[]) =>
  fc.constantFrom(...names).map((name): Operation => ({ do: name }));

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 9_999 }).map((amount): Operation => ({ do: 'register', amount })) },
  { weight: 8, arbitrary: simple('intent', 'reversal', 'approve', 'decline', 'cancel') },
  { weight: 4, arbitrary: simple('find', 'reverse', 'submit', 'accept', 'settle', 'restart') },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((limit): Operation => ({ do: 'seal', limit })) },
);

/** Runs operations on queue and model; one that makes no sense at the moment is left out. */
class Run {
  readonly model: Model = { payments: [], records: [], batches: [] };
  readonly #amounts = new Map<string, number>();
  readonly #t: TestQueue;

  constructor(t: TestQueue) {
    this.#t = t;
  }

  get #queue(): Queue {
    return this.#t.queue;
  }

  take(operation: Operation): void {
    const { payments, batches, records } = this.model;
    const current = payments.find(({ final }) => !final);
    const first = (state: StoredBatch['state']) => batches.find((batch) => batch.state === state);
    switch (operation.do) {
      case 'register':
        return this.#register(operation.amount, current?.id);
      case 'intent':
        if (!current) return;
        this.#queue.intents.save({ paymentId: current.id, content: Uint8Array.of(1), at: AT });
        current.intent = 'open';
        return;
      case 'reversal':
        if (current?.reversal !== 'none') return;
        this.#queue.reversals.write({ id: `r ${current.id}`, paymentId: current.id, content: Uint8Array.of(2), at: AT });
        current.reversal = 'due';
        return;
      case 'approve':
        return current && this.#end(current, 'approved', 'approved');
      case 'decline':
        return current && this.#end(current, 'declined', 'declined');
      case 'cancel':
        if (current?.intent === 'open') return this.#end(current, 'undecided', 'undecided');
        if (current) this.#queue.payments.update(current.id, { state: 'cancelled', final: true, at: AT });
        if (current) Object.assign(current, { state: 'cancelled', final: true });
        return;
      case 'find': {
        const undecided = payments.find(({ intent }) => intent === 'undecided');
        return undecided && this.#end(undecided, 'declined', 'declined-after-debit');
      }
      case 'reverse': {
        const [due] = this.#queue.reversals.due();
        if (due) this.#queue.reversals.acknowledged(due.id, AT);
        for (const payment of payments) if (due?.paymentId === payment.id) payment.reversal = 'done';
        return;
      }
      case 'seal':
        return this.#seal(operation.limit);
      case 'submit': {
        const batch = first('sealed');
        if (batch) this.#queue.batches.submitted(batch.id, AT);
        if (batch) batch.state = 'submitted';
        return;
      }
      case 'accept': {
        const batch = first('submitted');
        if (!batch) return;
        acknowledge(this.#queue, this.#stored(batch.id));
        batch.state = 'accepted';
        for (const record of records.slice(batch.first - 1, batch.last)) record.acknowledged = true;
        return;
      }
      case 'settle': {
        const batch = first('accepted');
        if (batch) settle(this.#queue, this.#stored(batch.id));
        if (batch) batch.state = 'settled';
        return;
      }
      case 'restart':
        this.#t.reopen();
    }
  }

  #register(amount: number, current: string | undefined): void {
    const id = `p${this.model.payments.length + 1}`;
    const result = this.#queue.payments.register(registration(id, { amountMinor: amount }));
    expect(result.kind).toBe(current === undefined ? 'registered' : 'busy');
    if (current !== undefined) return;
    this.#amounts.set(id, amount);
    this.model.payments.push({ id, state: 'awaiting-card', final: false, intent: 'none', reversal: 'none' });
  }

  #end(payment: Model['payments'][number], state: string, outcome: 'approved' | 'declined' | 'undecided' | 'declined-after-debit'): void {
    const amount = this.#amounts.get(payment.id) ?? 0;
    const before = this.#queue.payments.get(payment.id)?.record?.sequence;
    const settles = outcome === 'declined-after-debit' && before !== undefined ? { resolvesSequence: before } : {};
    const cancels = payment.reversal === 'due' && !payment.final && outcome === 'approved';
    this.#queue.commitOutcome({
      ...approval(payment.id, { outcome, amountMinor: amount, ...settles }),
      state,
      intent: outcome === 'undecided' ? 'undecided' : 'close',
      ...(cancels && { cancelReversal: `r ${payment.id}` }),
    });
    const intent = outcome === 'undecided' ? 'undecided' : 'none';
    Object.assign(payment, { state, final: true, intent, ...(cancels && { reversal: 'cancelled' }) });
    this.model.records.push({ outcome, amount, acknowledged: false });
  }

  #seal(limit: number): void {
    const { batches, records } = this.model;
    const first = (batches.at(-1)?.last ?? 0) + 1;
    const last = Math.min(first + limit - 1, records.length);
    const id = `b${batches.length + 1}`;
    const batch = this.#queue.batches.seal({ id, at: AT, limit, sign });
    if (last < first) return expect(batch).toBeUndefined();
    const approved = records.slice(first - 1, last).filter(({ outcome }) => outcome === 'approved');
    const totalMinor = approved.reduce((sum, { amount }) => sum + amount, 0);
    expect(batch).toMatchObject({ firstSequence: first, lastSequence: last, totalMinor });
    batches.push({ id, first, last, state: 'sealed' });
  }

  #stored(id: string): StoredBatch {
    const batch = this.#queue.batches.get(id);
    if (batch === undefined) throw new Error(`batch ${id} is lost`);
    return batch;
  }

  /** The queue shows what the model holds. */
  compare(): void {
    const { payments, records, batches } = this.model;
    const queue = this.#queue;
    for (const { id, state, final } of payments) expect(queue.payments.get(id)).toMatchObject({ state, final });
    const pending = (state: string) => queue.intents.pending().filter((intent) => intent.state === state);
    for (const state of ['open', 'undecided']) {
      expect(pending(state).map(({ paymentId }) => paymentId)).toEqual(
        payments.filter(({ intent }) => intent === state).map(({ id }) => id),
      );
    }
    const due = payments.filter(({ reversal, final }) => reversal === 'due' && final).map(({ id }) => `r ${id}`);
    expect(queue.reversals.due().map(({ id }) => id)).toEqual(due);
    const waiting = records.filter(({ acknowledged, outcome }) => !acknowledged && outcome !== 'declined');
    const sumMinor = waiting.reduce((sum, { outcome, amount }) => sum + (outcome === 'approved' ? amount : 0), 0);
    expect(queue.backlog()).toMatchObject({ count: waiting.length, sumMinor });
    expect(queue.verify()).toMatchObject({ kind: 'sound', records: records.length, batches: batches.length });
    expect(batches.map(({ id }) => queue.batches.get(id)?.state)).toEqual(batches.map(({ state }) => state));
  }
}

describe('any sequence of operations', () => {
  it('leaves what a simple model says, and a sound queue', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => {
        const t = testQueue();
        try {
          const run = new Run(t);
          for (const one of operations) run.take(one);
          run.compare();
          t.reopen();
          run.compare();
        } finally {
          t.end();
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
