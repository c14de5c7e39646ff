import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Queue, StoredBatch } from './interface/queue.ts';
import {
  AT,
  acknowledge,
  approval,
  LATER,
  registration,
  settle,
  sign,
  type TestQueue,
  testQueue,
} from './test-support.ts';

interface ModelPayment {
  readonly id: string;
  readonly amount: number;
  state: string;
  final: boolean;
  intent: 'none' | 'open' | 'undecided';
  reversal: 'none' | 'written' | 'cancelled' | 'acknowledged';
  /** Sequence of its latest record. */
  record?: number;
}

const DAY_MS = 86_400_000;

type Outcome = 'approved' | 'declined' | 'undecided' | 'declined-after-debit';

/** What a queue should hold, kept as simply as can be. */
class Model {
  readonly payments: ModelPayment[] = [];
  /** In sequence order. */
  readonly records: { outcome: Outcome; amount: number; acknowledged: boolean }[] = [];
  readonly batches: { id: string; first: number; last: number; state: StoredBatch['state'] }[] = [];

  current(): ModelPayment | undefined {
    return this.payments.find(({ final }) => !final);
  }
}

interface World {
  readonly t: TestQueue;
  readonly queue: Queue;
  readonly model: Model;
  /** Size of whatever the operation makes. */
  readonly size: number;
}

function end(world: World, payment: ModelPayment | undefined, state: string, outcome: Outcome): void {
  if (payment === undefined) return;
  const { queue, model } = world;
  const { id, amount: amountMinor, record } = payment;
  const settles = outcome === 'declined-after-debit' && record !== undefined && { resolvesSequence: record };
  const cancels = payment.reversal === 'written' && outcome === 'approved';
  const intent = outcome === 'undecided' ? 'undecided' : 'close';
  queue.commitOutcome({
    ...approval(id, { outcome, amountMinor, ...settles }),
    ...{ state, intent },
    ...(cancels && { cancelReversal: `r ${id}` }),
  });
  model.records.push({ outcome, amount: amountMinor, acknowledged: false });
  Object.assign(payment, { state, final: true, record: model.records.length });
  payment.intent = outcome === 'undecided' ? 'undecided' : 'none';
  if (cancels) payment.reversal = 'cancelled';
}

const stored = ({ queue }: World, id: string): StoredBatch => queue.batches.get(id) ?? expect.fail(`${id} is lost`);
const firstBatch = ({ model }: World, state: StoredBatch['state']) =>
  model.batches.find((batch) => batch.state === state);

/** Each operation on queue and model; one that makes no sense at the moment does nothing. */
const OPERATIONS: { readonly [name: string]: (world: World) => void } = {
  register({ queue, model, size }) {
    const id = `p${model.payments.length + 1}`;
    const current = model.current();
    const { kind } = queue.payments.register(registration(id, { amountMinor: size }));
    expect(kind).toBe(current === undefined ? 'registered' : 'busy');
    if (current !== undefined) return;
    const state = 'awaiting-card';
    model.payments.push({ id, amount: size, state, final: false, intent: 'none', reversal: 'none' });
  },
  intent({ queue, model, size }) {
    const payment = model.current();
    if (payment === undefined) return;
    queue.intents.save({ paymentId: payment.id, content: new Uint8Array(size), at: AT });
    payment.intent = 'open';
  },
  reversal({ queue, model, size }) {
    const payment = model.current();
    if (payment?.reversal !== 'none') return;
    queue.reversals.write({ id: `r ${payment.id}`, paymentId: payment.id, content: new Uint8Array(size), at: AT });
    payment.reversal = 'written';
  },
  approve: (world) => end(world, world.model.current(), 'approved', 'approved'),
  decline: (world) => end(world, world.model.current(), 'declined', 'declined'),
  cancel(world) {
    const payment = world.model.current();
    if (payment?.intent === 'open') end(world, payment, 'undecided', 'undecided');
    else if (payment !== undefined) {
      world.queue.payments.update(payment.id, { state: 'cancelled', final: true, at: AT });
      Object.assign(payment, { state: 'cancelled', final: true });
    }
  },
  find(world) {
    const undecided = world.model.payments.find(({ intent }) => intent === 'undecided');
    end(world, undecided, 'declined', 'declined-after-debit');
  },
  reverse({ queue, model }) {
    const [due] = queue.reversals.due();
    const payment = model.payments.find(({ id }) => id === due?.paymentId);
    if (due === undefined || payment === undefined) return;
    queue.reversals.attempted(due.id, AT);
    queue.reversals.acknowledged(due.id, AT);
    payment.reversal = 'acknowledged';
  },
  seal({ queue, model, size }) {
    const { batches, records } = model;
    const [limit, first] = [1 + (size % 4), (batches.at(-1)?.last ?? 0) + 1];
    const last = Math.min(first + limit - 1, records.length);
    const id = `b${batches.length + 1}`;
    const approved = records.slice(first - 1, last).filter(({ outcome }) => outcome === 'approved');
    const totalMinor = approved.reduce((sum, { amount }) => sum + amount, 0);
    const expected = { firstSequence: first, lastSequence: last, totalMinor };
    const batch = queue.batches.seal({ id, at: AT, limit, sign });
    if (last < first) expect(batch).toBeUndefined();
    else expect(batch).toMatchObject(expected);
    if (batch !== undefined) batches.push({ id, first, last, state: 'sealed' });
  },
  submit(world) {
    const batch = firstBatch(world, 'sealed');
    if (batch === undefined) return;
    world.queue.batches.submitted(batch.id, AT);
    batch.state = 'submitted';
  },
  accept(world) {
    const batch = firstBatch(world, 'submitted');
    if (batch === undefined) return;
    acknowledge(world.queue, stored(world, batch.id));
    batch.state = 'accepted';
    for (const record of world.model.records.slice(batch.first - 1, batch.last)) record.acknowledged = true;
  },
  settle(world) {
    const batch = firstBatch(world, 'accepted');
    if (batch === undefined) return;
    // Twenty days pass from one settlement to the next.
    const at = Date.parse(AT) + world.model.batches.indexOf(batch) * 20 * DAY_MS;
    settle(world.queue, stored(world, batch.id), new Date(at).toISOString());
    batch.state = 'settled';
  },
  archive({ queue, model }) {
    const before = queue.archive.list().at(-1)?.last.sequence ?? 0;
    const archived = queue.archive.step({ onlineMs: 30 * DAY_MS, at: LATER });
    const settled = model.batches.filter(({ last, state }) => last > before && state === 'settled');
    if (archived !== undefined) expect(settled.map(({ last }) => last)).toContain(archived.last.sequence);
  },
  restart: ({ t }) => void t.reopen(),
};

/** The queue shows what the model holds. */
function compare({ queue, model: { payments, records, batches } }: World): void {
  for (const { id, state, final, intent, reversal } of payments) {
    const payment = queue.payments.get(id);
    if (payment !== undefined) expect(payment).toMatchObject({ state, final });
    else
      expect({ final, intent, pending: reversal === 'written' }).toEqual({
        final: true,
        intent: 'none',
        pending: false,
      });
  }
  for (const at of records.keys()) expect(queue.records.get(1, at + 1)?.record.outcome).toBe(records[at]?.outcome);
  for (const state of ['open', 'undecided']) {
    const pending = queue.intents.pending().filter((intent) => intent.state === state);
    const expected = payments.filter(({ intent }) => intent === state);
    expect(pending.map(({ paymentId }) => paymentId)).toEqual(expected.map(({ id }) => id));
  }
  const due = payments.filter(({ reversal, final }) => reversal === 'written' && final);
  expect(queue.reversals.due().map(({ id }) => id)).toEqual(due.map(({ id }) => `r ${id}`));
  const unacknowledged = records.filter(({ acknowledged }) => !acknowledged);
  const carrying = unacknowledged.filter(({ outcome }) => outcome !== 'declined');
  const approved = carrying.filter(({ outcome }) => outcome === 'approved');
  expect(queue.backlog()).toMatchObject({
    count: carrying.length,
    sumMinor: approved.reduce((sum, { amount }) => sum + amount, 0),
    records: unacknowledged.length,
  });
  expect(batches.map(({ id }) => queue.batches.get(id)?.state)).toEqual(batches.map(({ state }) => state));
  expect(queue.verify()).toMatchObject({ kind: 'sound', records: records.length, batches: batches.length });
}

// Weighted by repetition: most of what happens at a terminal is taps.
const names = [
  ...Object.keys(OPERATIONS),
  'register',
  'register',
  'register',
  'intent',
  'approve',
  'approve',
  'cancel',
  'accept',
  'settle',
  'archive',
];
const operations = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(5_000)), { minLength: 20, maxLength: 90 });

describe('any sequence of operations', () => {
  it('leaves what a simple model says, and a sound queue', () => {
    fc.assert(
      fc.property(operations, (sequence) => {
        const t = testQueue();
        const model = new Model();
        const world = (size = 0): World => ({ t, queue: t.queue, model, size });
        try {
          for (const [name, size] of sequence) OPERATIONS[name]?.(world(size));
          compare(world());
          t.reopen();
          compare(world());
        } finally {
          t.end();
        }
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});
