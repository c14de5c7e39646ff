import { sm2Sign } from '../../emv/crypto/index.ts';
import type { Identity, Queue, StoredBatch } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { type Random, uuid } from '../random.ts';

/** When records are sealed into a batch: so many, or the oldest waits so long. */
export interface SealRule {
  readonly maxRecords: number;
  readonly maxAgeMs: number;
}

/** Closes batches: by count, by age, and when asked. */
export interface Sealer {
  /** Seals what is due; gives the time until the next is due, Infinity when nothing is open. */
  sealDue(): number;
  /** Seals everything that is in no batch yet. The batch with the newest record, undefined when there is no record at all. */
  sealNow(): StoredBatch | undefined;
}

export interface SealerParts {
  readonly queue: Pick<Queue, 'batches' | 'records'>;
  readonly identity: () => Identity | undefined;
  readonly rule: SealRule;
  readonly clock: Clock;
  readonly random: Random;
}

export function sealer({ queue, identity, rule, clock, random }: SealerParts): Sealer {
  /** Last sequence known to be sealed; unknown after a start, when whatever is open has waited long enough. */
  let sealedUpTo: number | undefined;
  let openSince: number | undefined;
  let epoch: number | undefined;
  /** Sequences begin anew with an epoch. */
  const followEpoch = (of: number): void => {
    if (epoch !== of) sealedUpTo = undefined;
    epoch = of;
  };

  const seal = (): StoredBatch | undefined => {
    const me = identity();
    if (me === undefined) return undefined;
    const { sequence } = queue.records.head();
    let newest: StoredBatch | undefined;
    for (;;) {
      const request = { id: uuid(random), at: utc(clock.now()), limit: rule.maxRecords };
      const batch = queue.batches.seal({ ...request, sign: (bytes) => sm2Sign(me.signingKey, bytes) });
      if (batch === undefined) break;
      newest = batch;
    }
    sealedUpTo = sequence;
    openSince = undefined;
    return newest;
  };

  return {
    sealDue() {
      const me = identity();
      if (me === undefined) return Number.POSITIVE_INFINITY;
      followEpoch(me.epoch);
      if (sealedUpTo === undefined) seal();
      const open = queue.records.head().sequence - (sealedUpTo ?? 0);
      if (open <= 0) return Number.POSITIVE_INFINITY;
      openSince ??= clock.monotonic();
      const leftMs = openSince + rule.maxAgeMs - clock.monotonic();
      if (open < rule.maxRecords && leftMs > 0) return leftMs;
      seal();
      return Number.POSITIVE_INFINITY;
    },
    sealNow() {
      const sealed = seal();
      if (sealed !== undefined) return sealed;
      if (identity() === undefined) return undefined;
      const newest = queue.records.list({ limit: 1 });
      const batchId = 'items' in newest ? newest.items[0]?.batchId : undefined;
      return batchId === undefined ? undefined : queue.batches.get(batchId);
    },
  };
}
