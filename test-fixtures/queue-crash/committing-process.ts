import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openQueue, type Queue, type StoredPayment } from '../../offline-queue/index.ts';
import {
  AT,
  acknowledge,
  approval,
  MASTER,
  registration,
  sealBatch,
  settle,
} from '../../offline-queue/test-support.ts';

/*
 * A process for a test to kill: makes one payment after the other in the queue that its first argument names, as fast as it
 * can, with ids that begin with its second. Says `id sequence outcome` once a record is committed, and nothing before.
 */
const [path = '', name = ''] = process.argv.slice(2);
const queue = openQueue({ path, masterKey: MASTER, random: randomBytes });

const OUTCOMES = ['approved', 'declined', 'approved', 'undecided'] as const;

function commit(payment: Pick<StoredPayment, 'id'>, outcome: (typeof OUTCOMES)[number], reversal?: string): void {
  const { record } = queue.commitOutcome({
    ...approval(payment.id, { outcome }),
    state: outcome,
    intent: outcome === 'undecided' ? 'undecided' : 'close',
    ...(reversal !== undefined && { cancelReversal: reversal }),
  });
  writeSync(1, `${payment.id} ${record?.sequence} ${outcome}\n`);
}

/** What a killed process left: with an intent the card may have paid, without one nothing happened. */
function takeUp(left: Queue): void {
  const open = new Set(left.intents.pending().flatMap(({ state, paymentId }) => (state === 'open' ? [paymentId] : [])));
  for (const payment of left.payments.unfinished()) {
    if (open.has(payment.id)) commit(payment, 'undecided');
    else left.payments.update(payment.id, { state: 'failed', final: true, at: AT });
  }
  for (const { id } of left.reversals.due()) left.reversals.acknowledged(id, AT);
}

function pay(number: number): void {
  const id = `${name}-${number}`;
  const reversal = number % 3 === 0 ? `r ${id}` : undefined;
  queue.payments.register(registration(id));
  queue.payments.update(id, { state: 'card-present', at: AT });
  if (reversal !== undefined) queue.reversals.write({ id: reversal, paymentId: id, content: Uint8Array.of(1), at: AT });
  queue.intents.save({ paymentId: id, content: randomBytes(700), at: AT });
  commit({ id }, OUTCOMES[number % OUTCOMES.length] ?? 'approved', reversal);
}

function upload(number: number): void {
  sealBatch(queue, `b ${name}-${number}`);
  for (const batch of queue.batches.toUpload()) {
    acknowledge(queue, batch);
    settle(queue, batch);
  }
}

takeUp(queue);
for (let number = 1; ; number++) {
  pay(number);
  if (number % 5 === 0) upload(number);
}
