import { createHash } from 'node:crypto';
import type { Queue } from '../../offline-queue/index.ts';
import { token } from './workload.ts';

const ALL = { limit: 100_000 };

/**
 * Of everything that can be seen of a queue: two that show the same have the same (16 hex digits). Signatures are left out:
 * no two are alike, and `verify` checks them.
 */
export function fingerprint(queue: Queue): string {
  return createHash('sha256')
    .update(JSON.stringify(seen(queue), visible))
    .digest('hex')
    .slice(0, 16);
}

function seen(queue: Queue): unknown {
  const identity = queue.identity.get();
  const { epoch = 1, terminal } = identity ?? {};
  const head = identity && queue.records.head();
  const sequences = Array.from({ length: head?.sequence ?? 0 }, (_, at) => at + 1);
  return [
    [terminal, head],
    queue.payments.list(ALL),
    queue.intents.pending(),
    queue.reversals.due(),
    sequences.map((sequence) => [queue.records.get(epoch, sequence), queue.records.pan(epoch, sequence)?.masked]),
    queue.batches.list(ALL),
    queue.hotlist.status(),
    Array.from({ length: 40 }, (_, at) => queue.hotlist.contains(token(at))),
    ['small', 'large'].map((name) => queue.identity.setting(name)),
    queue.backlog(),
  ];
}

function visible(name: string, value: unknown): unknown {
  if (name === 'signature') return undefined;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
