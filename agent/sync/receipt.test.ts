import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BundleReceipt } from '../../clearing/contract/index.ts';
import { acknowledgementBytes, receiptBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { StoredBatch } from '../../offline-queue/index.ts';
import {
  AT,
  IDENTITY,
  registration,
  sealBatch,
  sell,
  type TestQueue,
  testQueue,
} from '../../offline-queue/test-support.ts';
import { takeReceipt } from './receipt.ts';

const HOST_KEY = hex('288A80DA475536C35F7FEBE1FCDCD0504D002F14F6B3BE15395A9A77E0E9322D');
const [REVERSAL, ...BATCHES] = [0, 1, 2, 3].map((n) => `11111111-1111-4111-8111-00000000000${n}`);
const KEY_ID = '00'.repeat(8);
const { terminal, epoch } = IDENTITY;

let t: TestQueue;
beforeEach(() => {
  t = testQueue({ ...IDENTITY, hostAcknowledgementKey: sm2PublicKey(HOST_KEY) });
  for (const id of BATCHES) {
    sell(t.queue, `of ${id}`);
    sealBatch(t.queue, id);
    t.queue.batches.submitted(id, AT);
  }
  t.queue.payments.register(registration('torn'));
  t.queue.reversals.write({ id: REVERSAL ?? '', paymentId: 'torn', content: Uint8Array.of(1), at: AT });
  t.queue.payments.update('torn', { state: 'failed', final: true, at: AT });
  t.queue.reversals.attempted(REVERSAL ?? '', AT);
});
afterEach(() => t.end());

const sign = (bytes: Uint8Array): string => toHex(sm2Sign(HOST_KEY, bytes));

function acknowledged({ id, firstSequence, lastSequence, chainHead: chainHash }: StoredBatch) {
  const verdicts = [{ sequence: firstSequence, verdict: 'accepted' as const }];
  const content = { terminal, epoch, firstSequence, lastSequence, chainHash, verdicts };
  return {
    batchId: id,
    acknowledgement: { ...content, keyId: KEY_ID, signature: sign(acknowledgementBytes(content)) },
  };
}

function taken() {
  const content = { terminal, epoch, bundleId: '11111111-1111-4111-8111-00000000000a', reversals: [REVERSAL ?? ''] };
  const acknowledgements = t.queue.batches.toUpload().map(acknowledged);
  const receipt: BundleReceipt = {
    ...{ ...content, acknowledgements, refused: [], keyId: KEY_ID },
    signature: sign(receiptBytes(content)),
  };
  const clock = { now: () => Date.parse(AT), monotonic: () => 0 };
  return takeReceipt(receipt, { queue: t.queue, clock, log: pino({ level: 'silent' }) });
}
const states = () => BATCHES.map((id) => t.queue.batches.get(id)?.state);

it('acknowledges all that it names', () => {
  expect(taken()).toEqual({ kind: 'taken', batches: 3, reversals: 1, refused: [], doubtful: [] });
  expect(states()).toEqual(['accepted', 'accepted', 'accepted']);
});

it('acknowledges what can be, past rows that another hand has made impossible', () => {
  const number = '9007199254740993';
  t.tamper((db) =>
    db.exec(`update batches set number = ${number} where number = 2; update reversals set number = ${number}`),
  );
  expect(taken()).toEqual({ kind: 'taken', batches: 2, reversals: 0, refused: [], doubtful: [BATCHES[1]] });
  expect(states()).toEqual(['accepted', 'submitted', 'accepted']);
});
