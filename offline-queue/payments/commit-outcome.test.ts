import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainHash, encodeRecord } from '../../clearing/contract/record/index.ts';
import type { CommitOutcome } from '../interface/queue.ts';
import { openQueueReadOnly } from '../open.ts';
import {
  AT,
  approval,
  draft,
  faultOf,
  IDENTITY,
  MASTER,
  pan,
  RICH,
  registration,
  sell,
  type TestQueue,
  testQueue,
} from '../test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const tapped = (id: string): void => {
  t.queue.payments.register(registration(id));
  t.queue.intents.save({ paymentId: id, content: Uint8Array.of(7), at: AT });
};

const undecided = (id: string): CommitOutcome => ({
  ...approval(id, { outcome: 'undecided', fundedBy: 'none', debited: 'unknown', reason: 'cancelled' }),
  state: 'undecided',
  intent: 'undecided',
});

const lateFinding = (id: string, resolvesSequence: number): CommitOutcome => ({
  ...approval(id, { outcome: 'declined-after-debit', fundedBy: 'none', resolvesSequence }),
  state: 'declined',
});

describe('an outcome', () => {
  it('is on disk, as another process sees it, when the method returns', () => {
    sell(t.queue, 'p1');
    const reader = openQueueReadOnly({ path: t.path, masterKey: MASTER });
    expect(reader.payments.get('p1')).toMatchObject({
      state: 'approved',
      final: true,
      record: { epoch: 1, sequence: 1 },
    });
    expect(reader.records.get(1, 1)?.record).toEqual({ ...draft('p1'), terminal: 'JD-T-0001', epoch: 1, sequence: 1 });
    expect(reader.intents.pending()).toEqual([]);
    reader.close();
  });

  it('takes the next place in the chain, from the genesis hash on and over a restart', () => {
    sell(t.queue, 'p1');
    const first = t.queue.records.get(1, 1);
    sell(t.reopen(), 'p2');
    const second = t.queue.records.get(1, 2);
    expect(first?.previousHash).toEqual(IDENTITY.genesisHash);
    const canonical = encodeRecord({ ...draft('p1'), terminal: 'JD-T-0001', epoch: 1, sequence: 1 });
    expect(first?.canonical).toEqual(canonical);
    expect(first?.hash).toEqual(chainHash(IDENTITY.genesisHash, canonical));
    expect(second?.previousHash).toEqual(first?.hash);
    expect(t.queue.records.head()).toEqual({ epoch: 1, sequence: 2, hash: second?.hash });
  });

  it('changes nothing when it throws, and leaves no gap', () => {
    tapped('p1');
    const withReversal = { ...approval('p1'), cancelReversal: 'none such' };
    expect(() => t.queue.commitOutcome(withReversal)).toThrow('no reversal none such');
    expect(t.queue.records.head().sequence).toBe(0);
    expect(t.queue.payments.get('p1')).toMatchObject({ state: 'awaiting-card', final: false });
    expect(t.queue.intents.pending()).toMatchObject([{ paymentId: 'p1', state: 'open' }]);
    expect(t.queue.backlog().records).toBe(0);
    t.queue.commitOutcome(approval('p1'));
    expect(t.queue.records.head().sequence).toBe(1);
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('may come without a record, and before enrolment', () => {
    const bare = testQueue('not enrolled');
    bare.queue.payments.register(registration('p1'));
    const failed = { paymentId: 'p1', state: 'failed', final: true, detail: { reason: 'restarted' }, at: AT };
    expect(bare.queue.commitOutcome(failed)).toMatchObject({ payment: { state: 'failed', final: true } });
    expect(() => bare.queue.records.head()).toThrow(expect.objectContaining({ code: 'not-enrolled' }));
    bare.end();
  });

  it('closes its intent without ending the payment when the card was not debited', () => {
    tapped('p1');
    t.queue.commitOutcome({
      paymentId: 'p1',
      state: 'card-present',
      final: false,
      detail: {},
      at: AT,
      intent: 'close',
    });
    expect(t.queue.intents.pending()).toEqual([]);
    expect(t.queue.payments.unfinished()).toMatchObject([{ state: 'card-present' }]);
  });
});

describe('an undecided payment', () => {
  it('keeps its intent, and the card that comes by later adds a second record', () => {
    tapped('p1');
    t.queue.commitOutcome(undecided('p1'));
    const slips = { customer: { state: 'printed', sheets: 1 } } as const;
    t.queue.payments.noteSlip('p1', 'customer', slips.customer);
    sell(t.queue, 'p2');
    const [pending] = t.reopen().intents.pending();
    expect(pending).toMatchObject({ paymentId: 'p1', state: 'undecided', recordSequence: 1, recordEpoch: 1 });
    const { payment, record } = t.queue.commitOutcome(lateFinding('p1', 1));
    expect(record).toMatchObject({ sequence: 3, resolvesSequence: 1, outcome: 'declined-after-debit' });
    expect(payment).toMatchObject({
      state: 'declined',
      final: true,
      record: { epoch: 1, sequence: 3 },
      detail: { slips },
    });
    expect(t.queue.intents.pending()).toEqual([]);
    expect(t.queue.backlog()).toMatchObject({ count: 3, sumMinor: 1280, records: 3 });
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('cannot be found out twice', () => {
    tapped('p1');
    t.queue.commitOutcome(undecided('p1'));
    t.queue.commitOutcome(lateFinding('p1', 1));
    expect(() => t.queue.commitOutcome(lateFinding('p1', 1))).toThrow('p1 is final');
  });
});

describe('programmer’s errors', () => {
  const other = pan('6228480000000000025');
  const cases: readonly [string, Partial<CommitOutcome>, string][] = [
    ['another payment’s record', { record: { draft: draft('p2'), pan: RICH } }, 'record is payment p2'],
    ['another amount', { record: { draft: draft('p1', { amountMinor: 1 }), pan: RICH } }, 'another amount'],
    ['another reference', { record: { draft: draft('p1', { reference: 'x' }), pan: RICH } }, 'another reference'],
    ['another merchant', { record: { draft: draft('p1', { merchant: 'x' }), pan: RICH } }, 'another merchant'],
    ['no PAN', { record: { draft: draft('p1') } }, 'needs its PAN'],
    ['another card’s PAN', { record: { draft: draft('p1'), pan: other } }, 'masked PAN'],
    [
      'settling nothing',
      { record: { draft: draft('p1', { resolvesSequence: 1 }), pan: RICH } },
      'settles no undecided',
    ],
    ['a field that does not fit', { record: { draft: draft('p1', { at: 'now' }), pan: RICH } }, 'at does not fit'],
    ['an unknown payment', { paymentId: 'p9' }, 'no payment p9'],
    ['undecided, with an approved record', { intent: 'undecided' }, 'undecided needs'],
  ];

  it.each(cases)('%s', (_what, change, message) => {
    tapped('p1');
    expect(() => t.queue.commitOutcome({ ...approval('p1'), ...change })).toThrow(message);
    expect(t.queue.records.head().sequence).toBe(0);
  });

  it('leaving the intent open on a payment that ends', () => {
    tapped('p1');
    const { intent: _, ...outcome } = approval('p1');
    expect(() => t.queue.commitOutcome(outcome)).toThrow('must be closed with the outcome');
  });

  it('a second outcome', () => {
    sell(t.queue, 'p1');
    expect(() => t.queue.commitOutcome(approval('p1'))).toThrow('p1 is final');
  });

  it('settling a record that was not undecided', () => {
    tapped('p1');
    t.queue.commitOutcome(undecided('p1'));
    sell(t.queue, 'p2');
    expect(() => t.queue.commitOutcome(lateFinding('p1', 2))).toThrow('settles no undecided');
  });
});
