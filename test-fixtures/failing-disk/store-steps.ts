import type { Queue } from '../../offline-queue/index.ts';
import {
  AT,
  acknowledge,
  approval,
  IDENTITY,
  LATER,
  registration,
  sealBatch,
  settle,
} from '../../offline-queue/test-support.ts';
import { token } from '../power-cut/workload.ts';

export interface StoreStep {
  readonly name: string;
  take(queue: Queue): unknown;
}

/** More than a page, so that a step has several writes to fail at. */
const LARGE = new Uint8Array(9_000).fill(0x5a);

const step = (name: string, take: StoreStep['take']): StoreStep => ({ name, take });
const register = (id: string): StoreStep => step(`register ${id}`, (q) => q.payments.register(registration(id)));
const intent = (id: string): StoreStep =>
  step(`intent of ${id}`, (q) => q.intents.save({ paymentId: id, content: LARGE, at: AT }));
const reversal = (id: string): StoreStep =>
  step(`reversal of ${id}`, (q) => q.reversals.write({ id: `r ${id}`, paymentId: id, content: LARGE, at: AT }));
const hotlist = (version: number, full: boolean): StoreStep =>
  step(`hotlist ${version}`, (q) =>
    q.hotlist.apply({ version, full, add: [token(version), token(9)], remove: [token(version - 1)], at: AT }),
  );

/** Every method of the queue that writes, in an order that makes sense; each one transaction. */
export const STORE_STEPS: readonly StoreStep[] = [
  step('next signing key', (q) => q.identity.nextSigningKey()),
  step('enrol', (q) => q.identity.enrol(IDENTITY)),
  register('p1'),
  step('update', (q) => q.payments.update('p1', { state: 'card-present', at: AT })),
  intent('p1'),
  step('intent again', (q) => q.intents.save({ paymentId: 'p1', content: LARGE.subarray(1), at: AT })),
  reversal('p1'),
  step('approved', (q) => q.commitOutcome({ ...approval('p1'), cancelReversal: 'r p1' })),
  register('p2'),
  intent('p2'),
  reversal('p2'),
  step('undecided', (q) =>
    q.commitOutcome({ ...approval('p2', { outcome: 'undecided' }), state: 'undecided', intent: 'undecided' }),
  ),
  step('found', (q) =>
    q.commitOutcome({
      ...approval('p2', { outcome: 'declined-after-debit', resolvesSequence: 2 }),
      state: 'declined',
    }),
  ),
  step('reversal sent', (q) => q.reversals.attempted('r p2', AT)),
  step('reversal acknowledged', (q) => q.reversals.acknowledged('r p2', AT)),
  hotlist(1, true),
  hotlist(2, false),
  step('setting', (q) => q.identity.setSetting('large', 'x'.repeat(9_000))),
  step('setting again', (q) => q.identity.setSetting('large', 'y'.repeat(9_000))),
  step('seal', (q) => sealBatch(q, 'b1')),
  step('submitted', (q) => q.batches.submitted('b1', AT)),
  step('accepted', (q) => acknowledge(q, sealed(q))),
  step('settled', (q) => settle(q, sealed(q))),
  step('fetched', (q) => q.batches.centrallyAcknowledged('b1', AT)),
  step('shift closed', (q) => q.closes.open({ id: 'c1', at: AT })),
  register('p3'),
  intent('p3'),
  step('approved later', (q) => q.commitOutcome(approval('p3'))),
  step('seal later', (q) => sealBatch(q, 'b2')),
  step('submitted later', (q) => q.batches.submitted('b2', AT)),
  step('accepted later', (q) => acknowledge(q, sealed(q, 'b2'))),
  step('settled later', (q) => settle(q, sealed(q, 'b2'), '2026-05-01T00:00:00.000Z')),
  step('archived', (q) => q.archive.step({ onlineMs: 30 * 86_400_000, at: LATER })),
  step('keys changed', (q) => q.keys.begin()),
];

function sealed(queue: Queue, id = 'b1') {
  const found = queue.batches.get(id);
  if (found === undefined) throw new Error('there is no batch');
  return found;
}
