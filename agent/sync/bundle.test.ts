import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queue, StoredBatch } from '../../offline-queue/index.ts';
import {
  AT,
  registration,
  sealBatch,
  sell,
  sign,
  type TestQueue,
  testQueue,
} from '../../offline-queue/test-support.ts';
import { encodeReversal } from '../payment/reversal-content.ts';
import { exportBundle } from './bundle.ts';

const uuid = (digit: string): string => `3f2b8a52-6f0e-4d9c-9d3e-${digit.repeat(12)}`;
let batches = 0;

let t: TestQueue;
let logged: string[];
beforeEach(() => {
  logged = [];
  t = testQueue();
});
afterEach(() => t.end());

/** @param bytes what is found of the second record of each batch in place of what was written */
const lines = (bytes?: Uint8Array): Generator<string> | undefined =>
  exportBundle({
    queue: bytes === undefined ? t.queue : withSecondRecord(bytes),
    sealer: {
      sealNow: () => {
        for (let newest: StoredBatch | undefined; ; ) {
          batches += 1;
          const batch = t.queue.batches.seal({ id: uuid(String(batches % 10)), at: AT, limit: 100, sign });
          if (batch === undefined) return newest;
          newest = batch;
        }
      },
    },
    clock: { now: () => Date.parse(AT), monotonic: () => 0 },
    random: (length) => new Uint8Array(randomBytes(length)),
    log: pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
  });

function withSecondRecord(bytes: Uint8Array): Queue {
  const { batches } = t.queue;
  const rowsToUpload: typeof batches.rowsToUpload = (id) =>
    batches.rowsToUpload(id).map((row, at) => (at === 1 ? { ...row, bytes } : row));
  return { ...t.queue, batches: { ...batches, rowsToUpload } };
}

/** Ends a payment whose host never answered. */
function reversalOf(paymentId: string, content: Uint8Array): void {
  t.queue.payments.register(registration(paymentId));
  t.queue.reversals.write({ id: uuid('a'), paymentId, content, at: AT });
  t.queue.payments.update(paymentId, { state: 'failed', final: true, at: AT });
}

const REVERSAL = encodeReversal({
  id: uuid('a'),
  authorisation: uuid('b'),
  paymentId: 'p1',
  reason: 'no-answer',
  at: AT,
});

describe('what is exported', () => {
  it('counts as sent from its line on, and not before', () => {
    reversalOf('p1', REVERSAL);
    sell(t.queue, 'p2');
    sealBatch(t.queue, uuid('c'));
    const bundle = lines();
    const state = () => [t.queue.reversals.due()[0]?.attempts, t.queue.batches.get(uuid('c'))?.state];
    expect(bundle?.next().value).toContain('jdpos-bundle/1');
    expect(state()).toEqual([0, 'sealed']);
    expect(bundle?.next().value).toContain('"reversal"');
    expect(state()).toEqual([1, 'sealed']);
    expect(bundle?.next().value).toContain('"batch"');
    expect(state()).toEqual([1, 'submitted']);
    expect(bundle?.next().value).toContain('"end":{"reversals":1,"batches":1,"records":1');
    expect(bundle?.next().done).toBe(true);
  });

  it('leaves out what cannot be read, which stays due', () => {
    reversalOf('p1', Uint8Array.of(1));
    expect([...(lines() ?? [])]).toHaveLength(2);
    expect(t.queue.reversals.due()).toMatchObject([{ attempts: 0 }]);
  });

  it.each([
    ['a record that the centre cannot read goes as bytes, and the rest as it is', 0, 'submitted', 4, '"records":[2]'],
    ['a batch that it cannot take stays, named, and the rest goes', 9_000, 'sealed', 3, 'it stays here'],
  ])('%s', (_what, length, state, count, said) => {
    reversalOf('p0', REVERSAL);
    for (const id of ['p1', 'p2', 'p3']) sell(t.queue, id);
    sealBatch(t.queue, uuid('c'));
    const written = [...(lines(new Uint8Array(length).fill(0x41)) ?? [])].map((line) => JSON.parse(line.slice(65)));
    expect(written).toHaveLength(count);
    expect(written[1]).toMatchObject({ reversal: { id: uuid('a') } });
    expect(t.queue.batches.get(uuid('c'))?.state).toBe(state);
    expect(logged.join()).toContain(said);
    const batch = written.find((line) => 'batch' in line)?.batch;
    if (state === 'submitted')
      expect(batch.records).toMatchObject([
        { canonical: expect.stringContaining('jdpos-record/1') },
        { unreadable: '' },
        { canonical: expect.stringContaining('jdpos-record/1') },
      ]);
  });

  it('leaves out what another hand has deleted or made impossible, and has the rest', () => {
    reversalOf('p0', REVERSAL);
    for (const id of ['p1', 'p2', 'p3']) sell(t.queue, id);
    t.tamper((db) => {
      db.pragma('foreign_keys = off');
      db.exec('update reversals set number = 9007199254740993; delete from records where sequence = 2');
    });
    const written = [...(lines() ?? [])].map((line) => JSON.parse(line.slice(65)));
    expect(written).toMatchObject([
      {},
      { batch: { seal: { firstSequence: 1, lastSequence: 1 } } },
      { end: { records: 1 } },
    ]);
    expect(logged.join()).toContain('record 1-2, which is to be sealed next, is missing');
  });

  it('seals what is open first', () => {
    sell(t.queue, 'p1');
    expect([...(lines() ?? [])].at(-1)).toContain('"batches":1,"records":1');
  });

  it('is nothing at all before the terminal is enrolled', () => {
    t.end();
    t = testQueue('not enrolled');
    expect(lines()).toBeUndefined();
  });
});
