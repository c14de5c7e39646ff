import { paysMerchant } from '../clearing/contract/record/index.ts';
import type { BatchRows } from './batch-rows.ts';
import { copiedText } from './copied-text.ts';
import { type Place, placeOf } from './place.ts';
import type { Backlog } from './queue.ts';
import type { ChainedRow, RecordRows } from './record-rows.ts';

interface Entry {
  /** It carries money, or may: also when nobody can read it any more. */
  readonly money: boolean;
  readonly approvedMinor: number;
  readonly at?: string;
}

/** What the centre has not acknowledged, kept in memory and added up as it changes: it is asked before every tap. */
export class BacklogTally {
  /** In the order of the records. */
  readonly #entries = new Map<Place, Entry>();
  #count = 0;
  #sumMinor = 0;

  add(place: Place, record: ChainedRow['record']): void {
    const approvedMinor = record && paysMerchant(record) ? record.amountMinor : 0;
    const money = record?.outcome !== 'declined';
    const entry = { money, approvedMinor, ...(record && { at: copiedText(record.at) }) };
    this.#entries.set(place, entry);
    this.#addUp(entry, 1);
  }

  acknowledged(first: Place, last: Place): void {
    for (let place = first; place <= last; place++) {
      const entry = this.#entries.get(place);
      if (entry === undefined) continue;
      this.#entries.delete(place);
      this.#addUp(entry, -1);
    }
  }

  summary(): Backlog {
    const oldestAt = this.#oldestAt();
    return {
      count: this.#count,
      sumMinor: this.#sumMinor,
      ...(oldestAt !== undefined && { oldestAt }),
      records: this.#entries.size,
    };
  }

  #addUp({ money, approvedMinor }: Entry, by: 1 | -1): void {
    if (!money) return;
    this.#count += by;
    this.#sumMinor += by * approvedMinor;
  }

  #oldestAt(): string | undefined {
    for (const { money, at } of this.#entries.values()) if (money && at !== undefined) return at;
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
