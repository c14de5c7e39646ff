import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { merkleRoot, sealContentBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Verify } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { BatchState, StoredBatch } from '../interface/queue.ts';
import {
  AT,
  acknowledge,
  approval,
  draft,
  faultOf,
  IDENTITY,
  RICH,
  registration,
  sealBatch,
  sell,
  settle,
  sign,
  type TestQueue,
  testQueue,
} from '../test-support.ts';
import { afterStep, type BatchStep } from './batch-state.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

function decline(id: string): void {
  t.queue.payments.register(registration(id));
  const outcome = { outcome: 'declined', fundedBy: 'none', debited: 'none', reason: 'expired' } as const;
  t.queue.commitOutcome({ ...approval(id, outcome), state: 'declined' });
}

const ids = (page: ReturnType<typeof t.queue.batches.list>): readonly string[] =>
  'kind' in page ? [page.kind] : page.items.map(({ id }: StoredBatch) => id);

describe('the steps of a batch', () => {
  const table: readonly [BatchState, BatchStep, BatchState | 'again' | 'error'][] = [
    ['open', 'seal', 'sealed'],
    ['open', 'submit', 'error'],
    ['open', 'accept', 'error'],
    ['open', 'settle', 'error'],
    ['sealed', 'seal', 'again'],
    ['sealed', 'submit', 'submitted'],
    ['sealed', 'accept', 'error'],
    ['sealed', 'settle', 'error'],
    ['submitted', 'submit', 'submitted'],
    ['submitted', 'accept', 'accepted'],
    ['submitted', 'settle', 'error'],
    ['accepted', 'submit', 'again'],
    ['accepted', 'accept', 'again'],
    ['accepted', 'settle', 'settled'],
    ['settled', 'submit', 'again'],
    ['settled', 'accept', 'again'],
    ['settled', 'settle', 'again'],
  ];
  it.each(table)('%s, %s: %s', (state, step, expected) => {
    if (expected === 'error') expect(() => afterStep(state, step)).toThrow('cannot');
    else expect(afterStep(state, step) ?? 'again').toBe(expected);
  });
});

describe('a seal', () => {
  it('is over all records that are in no batch yet, declined ones too, and signed', () => {
    sell(t.queue, 'p1');
    decline('p2');
    sell(t.queue, 'p3', 20);
    const batch = sealBatch(t.queue, 'b1');
    const hashes = [1, 2, 3].map((sequence) => t.queue.records.get(1, sequence)?.hash ?? new Uint8Array());
    expect(batch).toEqual({
      id: 'b1',
      state: 'sealed',
      epoch: 1,
      firstSequence: 1,
      lastSequence: 3,
      count: 3,
      totalMinor: 1300,
      chainHead: toHex(hashes[2] ?? new Uint8Array()),
      merkleRoot: toHex(merkleRoot(hashes)),
      signature: expect.stringMatching(/^[0-9A-F]{128}$/),
      sealedAt: AT,
    });
    const { id: batchId, state: _, signature, sealedAt: __, ...content } = batch;
    const bytes = sealContentBytes({ ...content, batchId, terminal: IDENTITY.terminal });
    expect(sm2Verify(sm2PublicKey(IDENTITY.signingKey), bytes, hex(signature))).toBe(true);
  });

  it('takes so many at most, and the next one goes on from there', () => {
    for (const id of ['p1', 'p2', 'p3']) sell(t.queue, id);
    expect(sealBatch(t.queue, 'b1', 2)).toMatchObject({ firstSequence: 1, lastSequence: 2 });
    expect(sealBatch(t.reopen(), 'b2', 2)).toMatchObject({ firstSequence: 3, lastSequence: 3, count: 1 });
    expect(t.queue.batches.seal({ id: 'b3', at: AT, limit: 2, sign })).toBeUndefined();
    expect(t.queue.batches.toUpload().map(({ id }) => id)).toEqual(['b1', 'b2']);
    expect(t.queue.payments.get('p3')?.record).toEqual({ epoch: 1, sequence: 3, batchId: 'b2' });
    expect(t.queue.records.get(1, 1)?.batchId).toBe('b1');
  });

  it('leaves nothing behind when signing fails', () => {
    sell(t.queue, 'p1');
    const broken = () => {
      throw new Error('no key');
    };
    expect(() => t.queue.batches.seal({ id: 'b1', at: AT, limit: 9, sign: broken })).toThrow('no key');
    expect(t.queue.batches.get('b1')).toBeUndefined();
    expect(sealBatch(t.queue, 'b1').count).toBe(1);
  });
});

describe('an acknowledgement', () => {
  it('gives every record its verdict and empties the backlog, once', () => {
    sell(t.queue, 'p1');
    sell(t.queue, 'p2', 20);
    const batch = sealBatch(t.queue, 'b1');
    sell(t.queue, 'p3', 5);
    acknowledge(t.queue, batch, { 2: 'wrong-cryptogram' });
    acknowledge(t.queue, batch, { 1: 'another' });
    const verdicts = t.queue.batches.records('b1').map(({ verdict, verdictReason }) => [verdict, verdictReason]);
    expect(verdicts).toEqual([
      ['accepted', undefined],
      ['disputed', 'wrong-cryptogram'],
    ]);
    expect(t.queue.backlog()).toMatchObject({ count: 1, sumMinor: 5, records: 1 });
    expect(t.reopen().backlog()).toMatchObject({ count: 1, sumMinor: 5, records: 1 });
    expect(t.queue.batches.get('b1')).toMatchObject({
      state: 'accepted',
      acknowledgement: { epoch: 1, lastSequence: 2 },
    });
    expect(t.queue.batches.toUpload()).toEqual([]);
  });

  it('without a verdict for every record is a programmer’s error', () => {
    sell(t.queue, 'p1');
    sealBatch(t.queue, 'b1');
    t.queue.batches.submitted('b1', AT);
    const accepted = (verdicts: readonly { sequence: number; verdict: 'accepted' }[]) => () =>
      t.queue.batches.accepted('b1', { document: {}, verdicts }, AT);
    expect(accepted([])).toThrow('verdict is missing');
    expect(accepted([{ sequence: 2, verdict: 'accepted' }])).toThrow('verdict is missing');
    expect(t.queue.batches.get('b1')?.state).toBe('submitted');
  });
});

describe('lists', () => {
  it('begin with the oldest; settled ones come in the order of their settlement', () => {
    const batches = ['1', '2', '3'].map((n) => {
      sell(t.queue, `p${n}`);
      return sealBatch(t.queue, `b${n}`);
    });
    for (const batch of batches) acknowledge(t.queue, batch);
    for (const at of [1, 0]) settle(t.queue, batches[at] ?? sealBatch(t.queue, 'none'));
    expect(ids(t.queue.batches.list({ limit: 9 }))).toEqual(['b1', 'b2', 'b3']);
    expect(ids(t.queue.batches.list({ state: 'accepted', limit: 9 }))).toEqual(['b3']);
    const first = t.queue.batches.list({ state: 'settled', limit: 1 });
    expect(ids(first)).toEqual(['b2']);
    const cursor = 'next' in first && first.next !== undefined ? first.next : '';
    expect(ids(t.queue.batches.list({ state: 'settled', limit: 1, cursor }))).toEqual(['b1']);
    expect(ids(t.queue.batches.list({ state: 'accepted', limit: 1, cursor }))).toEqual(['bad-cursor']);
    expect(ids(t.queue.batches.list({ state: 'open', limit: 9 }))).toEqual([]);
  });

  it('a central system confirms a settled batch once', () => {
    sell(t.queue, 'p1');
    const batch = sealBatch(t.queue, 'b1');
    acknowledge(t.queue, batch);
    expect(() => t.queue.batches.centrallyAcknowledged('b1', AT)).toThrow('not settled');
    settle(t.queue, batch);
    t.queue.batches.centrallyAcknowledged('b1', AT);
    t.queue.batches.centrallyAcknowledged('b1', '2026-03-10T00:00:00.000Z');
    expect(t.queue.batches.get('b1')).toMatchObject({ state: 'settled', settledAt: AT, centralAcknowledgedAt: AT });
    expect(faultOf(t.queue.verify())).toBe('sound');
  });
});

describe('one bad record never blocks the rest (design 4.7)', () => {
  it('goes up as it was found, and the batch seals, lists and uploads without it', () => {
    for (const id of ['p1', 'p2', 'p3']) sell(t.queue, id);
    const good = t.queue.records.get(1, 2);
    const queue = t.tamper((db) => {
      db.exec(
        "update records set canonical = replace(canonical, 'amountMinor=1280', 'amountMinor=1') where sequence = 2",
      );
    });
    const batch = sealBatch(queue, 'b1');
    expect(batch).toMatchObject({ count: 3, totalMinor: 2560 });
    expect(queue.batches.records('b1').map(({ record }) => record.sequence)).toEqual([1, 3]);
    const [bad, ...others] = queue.batches.unreadable('b1');
    expect(others).toEqual([]);
    expect(bad?.sequence).toBe(2);
    expect(bad?.hash).toEqual(good?.hash);
    expect(new TextDecoder().decode(bad?.bytes)).toContain('\namountMinor=1\n');
    expect(() => queue.records.get(1, 2)).toThrow(expect.objectContaining({ code: 'bad-record' }));
    expect(queue.records.list({ limit: 9 })).toMatchObject({
      items: [{ record: { sequence: 3 } }, { record: { sequence: 1 } }],
    });
    expect(queue.backlog()).toMatchObject({ count: 3, sumMinor: 2560, records: 3 });
    sell(queue, 'p4');
    expect(queue.records.head().sequence).toBe(4);
    const rows = queue.batches.rowsToUpload('b1');
    expect(rows.map(({ readable, card }) => [readable, card?.number?.masked])).toEqual([
      [true, RICH.masked],
      [false, undefined],
      [true, RICH.masked],
    ]);
  });

  it.each([
    ['its text', "update records set canonical = replace(canonical, 'aid=A', 'aid=B') where sequence = 2", 2],
    ['its hash', 'update records set hash = zeroblob(32) where sequence = 2', 2],
  ])('a row whose chain does not lead to the seal is looked at alone: %s', (_what, sql, bad) => {
    for (const id of ['p1', 'p2', 'p3']) sell(t.queue, id);
    decline('p4');
    sealBatch(t.queue, 'b1');
    const whole = t.queue.batches.rowsToUpload('b1');
    expect(whole.map(({ readable, card }) => [readable, card?.token])).toEqual([
      ...[1, 2, 3, 4].map(() => [true, draft('p1').card?.token]),
    ]);
    const rows = t.tamper((db) => db.exec(sql)).batches.rowsToUpload('b1');
    expect(rows.find(({ sequence }) => sequence === bad)?.readable).toBe(false);
    expect(rows[0]).toEqual(whole[0]);
  });

  it('a payment that was changed by hand can go on, and is still named', () => {
    t.queue.payments.register(registration('p1'));
    const queue = t.tamper((db) => db.exec("update payments set created_at = 'then'"));
    queue.intents.save({ paymentId: 'p1', content: Uint8Array.of(1), at: AT });
    queue.commitOutcome(approval('p1'));
    expect(queue.verify()).toMatchObject({ kind: 'broken', explanation: expect.stringContaining('Payment p1') });
  });
});

describe('a number of a batch beyond those that come after it', () => {
  it('keeps nothing from being sealed, once', () => {
    for (const id of ['p1', 'p2', 'p3']) {
      sell(t.queue, id);
      sealBatch(t.queue, `batch of ${id}`);
    }
    sell(t.queue, 'p4');
    t.tamper((db) => db.exec("update batches set number = 77 where id = 'batch of p1'"));
    expect(t.queue.backlog()).toMatchObject({ count: 4, records: 4, sumMinor: 4 * 1280 });
    expect(sealBatch(t.queue, 'b4')).toMatchObject({ firstSequence: 4, lastSequence: 4 });
    expect(t.queue.batches.seal({ id: 'b5', at: AT, limit: 9, sign })).toBeUndefined();
  });
});
