import { isDeferred, paysMerchant } from '../clearing/contract/record/index.ts';
import type { BatchRows } from './batch-rows.ts';
import { copiedText } from './copied-text.ts';
import { type Place, placeOf } from './place.ts';
import type { Backlog } from './queue.ts';
import type { ChainedRow, RecordRows } from './record-rows.ts';

/** What one record adds. */
interface Entry {
  /** It carries money, or may: also when nobody can read it any more. */
  readonly money: boolean;
  readonly approvedMinor: number;
  readonly deferred: boolean;
  readonly at?: string;
}

function entryOf(record: ChainedRow['record']): Entry {
  if (record === undefined) return { money: true, approvedMinor: 0, deferred: false };
  const approvedMinor = paysMerchant(record) ? record.amountMinor : 0;
  return {
    money: record.outcome !== 'declined',
    approvedMinor,
    deferred: isDeferred(record),
    at: copiedText(record.at),
  };
}

/** What the centre has not acknowledged, kept in memory and added up: it is asked several times a tap. */
export class BacklogTally {
  readonly #refused = new Set<Place>();
  /** Those that carry money, in the order of the records. */
  readonly #carrying = new Map<Place, Entry>();
  #sumMinor = 0;
  #deferred = { count: 0, sumMinor: 0 };

  add(place: Place, record: ChainedRow['record']): void {
    const entry = entryOf(record);
    if (entry.money) this.#carrying.set(place, entry);
    else this.#refused.add(place);
    this.#count(entry, 1);
  }

  acknowledged(first: Place, last: Place): void {
    for (let place = first; place <= last; place++) {
      const entry = this.#carrying.get(place);
      if (entry !== undefined) this.#count(entry, -1);
      this.#carrying.delete(place);
      this.#refused.delete(place);
    }
  }

  #count({ approvedMinor, deferred }: Entry, sign: 1 | -1): void {
    this.#sumMinor += sign * approvedMinor;
    if (!deferred) return;
    const { count, sumMinor } = this.#deferred;
    this.#deferred = { count: count + sign, sumMinor: sumMinor + sign * approvedMinor };
  }

  summary(): Backlog {
    const oldestAt = this.#oldestAt();
    return {
      count: this.#carrying.size,
      sumMinor: this.#sumMinor,
      ...(oldestAt !== undefined && { oldestAt }),
      deferred: this.#deferred,
      records: this.#carrying.size + this.#refused.size,
    };
  }

  #oldestAt(): string | undefined {
    for (const { at } of this.#carrying.values()) if (at !== undefined) return at;
    return undefined;
  }
}

/** Rows that are held in memory at once. */
const PAGE = 1_000;

/** Reads what is in no acknowledged batch. */
export function readBacklog(batches: BatchRows, records: RecordRows): BacklogTally {
  const tally = new BacklogTally();
  const waiting = batches.toUpload().map(({ first_place, last_place }) => [first_place, last_place] as const);
  const afterLast = (batches.last()?.last_place ?? placeOf(1, 0)) + 1;
  for (const [first, last] of [...waiting, [afterLast, Number.MAX_SAFE_INTEGER] as const]) {
    for (const row of pages(first, last, records)) tally.add(row.place, row.record);
  }
  return tally;
}

/** Rows of a range, some at a time: there may be a million. */
function* pages(first: Place, last: Place, records: RecordRows): Generator<ChainedRow> {
  for (let from = first; from <= last; ) {
    const rows = records.range(from, last, PAGE);
    yield* rows;
    from = (rows.at(-1)?.place ?? last) + 1;
  }
}
