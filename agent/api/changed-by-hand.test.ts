import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AT,
  acknowledge,
  IDENTITY,
  sealBatch,
  sell,
  type TestQueue,
  testQueue,
} from '../../offline-queue/test-support.ts';
import { closeOf, closeWithEvidenceOf } from './close-resource.ts';
import { settledBatches } from './settled-batches.ts';

const IDS = [1, 2, 3].map((n) => `11111111-1111-4111-8111-00000000000${n}`);

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

/** Sells, and has the centre settle it. */
function settled(batchId: string): void {
  sell(t.queue, `of ${batchId}`);
  const batch = sealBatch(t.queue, batchId);
  acknowledge(t.queue, batch);
  const { epoch, firstSequence, lastSequence, chainHead, count: recordCount, totalMinor } = batch;
  const range = { batchId, terminal: IDENTITY.terminal, epoch, firstSequence, lastSequence, chainHead };
  const paid = { reference: `S-${firstSequence}`, settledAt: AT, recordCount, totalMinor, disputed: [] };
  const document = { ...range, ...paid, keyId: '00'.repeat(8), signature: '00'.repeat(64) };
  t.queue.batches.settled(batchId, { document }, AT);
}

it.each(['{}', 'x', '[]'])('a settlement that is %s keeps central systems from no other batch', async (text) => {
  for (const id of IDS) settled(id);
  t.tamper((db) => db.prepare('update batches set settlement = ? where id = ?').run(text, IDS[1]));
  const { list, get } = settledBatches(t.queue, { now: () => Date.parse(AT), monotonic: () => 0 });
  const seen: string[] = [];
  for (let after: string | undefined, asked = 0; asked < 4; asked++) {
    const page = await list({ limit: 1, ...(after !== undefined && { after }) });
    if ('kind' in page) return expect.fail(page.kind);
    seen.push(...page.items.map(({ id }) => id));
    after = page.next ?? after;
  }
  expect(seen).toEqual([IDS[0], IDS[2]]);
  expect([await get(IDS[1] ?? ''), (await get(IDS[2] ?? ''))?.id]).toEqual([undefined, IDS[2]]);
});

describe('what the centre has said of a close', () => {
  it.each(['{}', 'x', '[{}]', '[]'])('that is %s is no agreement', (report) => {
    sell(t.queue, 'p1');
    t.queue.closes.open({ id: IDS[0] ?? '', at: AT });
    t.queue.closes.compared(1, { report: [], complete: true }, AT);
    t.tamper((db) => db.prepare('update closes set report = ?').run(report));
    const close = t.queue.closes.get(1) ?? expect.fail();
    expect(close.report).toEqual(report === '[{}]' ? [{}] : []);
    expect(closeOf(close)).toEqual({
      ...{ number: 1, id: IDS[0], first: { epoch: 1, sequence: 1 }, last: { epoch: 1, sequence: 1 }, closedAt: AT },
      ...{ terminal: { count: 1, totalMinor: 1280 }, complete: false },
    });
    expect(closeWithEvidenceOf(close).comparisons).toEqual([]);
  });
});
