import type { SettledBatches } from '../../clearing/contract/http/index.ts';
import { type CentralBatch, type CentralRecord, settlement } from '../../clearing/contract/index.ts';
import type { Identity, Queue, StoredBatch, StoredRecord } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import { present } from '../present.ts';

type Batches = Queue['batches'];

/** The terminal's own settled batches, for central systems that pull from it. */
export function settledBatches(queue: Pick<Queue, 'batches' | 'identity'>, clock: Clock): SettledBatches {
  const { batches } = queue;
  const central = (batch: StoredBatch): CentralBatch | undefined => centralBatch(batch, required(queue.identity.get()));
  return {
    async list({ after, limit }) {
      const page = pageAfter(batches, after, limit);
      return 'kind' in page ? page : { ...page, items: page.items.flatMap((batch) => central(batch) ?? []) };
    },
    async get(id) {
      const batch = batches.get(id);
      return batch?.state === 'settled' ? central(batch) : undefined;
    },
    async *records(id) {
      for (const stored of batches.records(id)) if (stored.verdict === 'accepted') yield centralRecord(stored);
    },
    async acknowledge(id) {
      batches.centrallyAcknowledged(id, utc(clock.now()));
      return required(central(required(batches.get(id))));
    },
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a settled batch has lost its terminal or itself');
  return value;
}

/**
 * The queue's lists end without a cursor; a list that grows needs one behind its last item. So ours is the queue's cursor
 * before the last item, and how many items (0 or 1) are to be passed over from there.
 */
function pageAfter(batches: Batches, after: string | undefined, limit: number) {
  const skip = after?.startsWith('1') ? 1 : 0;
  const from = after === undefined || after === '1' ? undefined : after.slice(1);
  const page = batches.list(present({ state: 'settled' as const, limit: limit + skip, cursor: from }));
  if ('kind' in page) return page;
  const items = page.items.slice(skip);
  if (page.next !== undefined) return { items, next: `0${page.next}` };
  return items.length === 0 ? { items } : { items, next: cursorAtEnd(batches, from, page.items.length) };
}

function cursorAtEnd(batches: Batches, from: string | undefined, count: number): string {
  if (count === 1) return `1${from ?? ''}`;
  const butOne = batches.list(present({ state: 'settled' as const, limit: count - 1, cursor: from }));
  return `1${('kind' in butOne ? undefined : butOne.next) ?? ''}`;
}

/**
 * Undefined where another hand has changed the settlement, which was checked with its signature when it came: that keeps nobody from
 * the other batches. `verify` names it, and the centre has it too.
 */
function centralBatch(batch: StoredBatch, { terminal, merchant }: Identity): CentralBatch | undefined {
  const { id, epoch, firstSequence, lastSequence, chainHead, signature } = batch;
  const paid = settlement.safeParse(batch.settlement).data;
  if (paid === undefined) return undefined;
  const { recordCount, totalMinor, disputed, reference, settledAt, keyId } = paid;
  const range = { terminal, epoch, firstSequence, lastSequence, chainHead };
  const { count, merkleRoot } = batch;
  return present({
    id,
    state: 'settled' as const,
    ...range,
    merchant,
    recordCount,
    totalMinor,
    currency: 'CNY' as const,
    disputed,
    seal: { ...range, batchId: id, count, totalMinor: batch.totalMinor, merkleRoot, signature },
    settlement: { reference, settledAt, keyId, signature: paid.signature },
    acknowledgedAt: batch.centralAcknowledgedAt,
  });
}

function centralRecord({ record }: StoredRecord): CentralRecord {
  const { card, chip } = record;
  return {
    terminal: record.terminal,
    epoch: record.epoch,
    sequence: record.sequence,
    kind: record.kind,
    outcome: record.outcome,
    fundedBy: record.fundedBy,
    amountMinor: record.amountMinor,
    currency: record.currency,
    maskedPan: card?.maskedPan ?? null,
    cardToken: card?.token ?? null,
    atc: chip ? Number.parseInt(chip.atc, 16) : null,
    cryptogram: chip?.cryptogram ?? null,
    offline: record.offline,
    at: record.at,
    reference: record.reference,
  };
}
