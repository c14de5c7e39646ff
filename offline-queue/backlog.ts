import { isDeferred, paysMerchant } from '../clearing/contract/record/index.ts';
import type { BatchRows } from './batch-rows.ts';
import { type Place, placeOf } from './place.ts';
import type { Backlog } from './queue.ts';
import type { ChainedRow, RecordRows } from './record-rows.ts';

interface Entry {
  /** It carries money, or may: also when nobody can read it any more. */
  readonly money: boolean;
  readonly approvedMinor: number;
  readonly deferred: boolean;
  readonly at?: string;
}

/** What the centre has not acknowledged, kept in memory: it is asked before every tap. */
export class BacklogTally {
  /** In the order of the records. */
  readonly #entries = new Map<Place, Entry>();

  add(place: Place, record: ChainedRow['record']): void {
    const approvedMinor = record && paysMerchant(record) ? record.amountMinor : 0;
    const money = record?.outcome !== 'declined';
    const deferred = record !== undefined && isDeferred(record);
    this.#entries.set(place, { money, approvedMinor, deferred, ...(record && { at: record.at }) });
  }

  acknowledged(first: Place, last: Place): void {
    for (let place = first; place <= last; place++) this.#entries.delete(place);
  }

  summary(): Backlog {
    const carrying = [...this.#entries.values()].filter(({ money }) => money);
    const oldestAt = carrying.find(({ at }) => at !== undefined)?.at;
    const sumOf = (entries: readonly Entry[]): number =>
      entries.reduce((sum, { approvedMinor }) => sum + approvedMinor, 0);
    const onTrust = carrying.filter(({ deferred }) => deferred);
    return {
      count: carrying.length,
      sumMinor: sumOf(carrying),
      ...(oldestAt !== undefined && { oldestAt }),
      deferred: { count: onTrust.length, sumMinor: sumOf(onTrust) },
      records: this.#entries.size,
    };
  }
}

/** Reads what is in no acknowledged batch. */
export function readBacklog(batches: BatchRows, records: RecordRows): BacklogTally {
  const tally = new BacklogTally();
  const waiting = batches.toUpload().map(({ first_place, last_place }) => [first_place, last_place] as const);
  const afterLast = (batches.last()?.last_place ?? placeOf(1, 0)) + 1;
  for (const [first, last] of [...waiting, [afterLast, Number.MAX_SAFE_INTEGER] as const]) {
    for (const row of records.range(first, last)) tally.add(row.place, row.record);
  }
  return tally;
}
