import { isDeferred, paysMerchant } from '../../clearing/contract/record/index.ts';
import { copiedText } from '../database/copied-text.ts';
import { type Place, placeOf } from '../database/place.ts';
import type { Backlog } from '../interface/queue.ts';
import type { ChainedRow, RecordRows } from '../records/record-rows.ts';
import type { BatchRow } from '../rows/tables.ts';
import type { Tagged } from '../rows/tagged-table.ts';
import type { BatchRows } from './batch-rows.ts';

/** What one record adds. */
interface Entry {
  /** It carries money, or may: also when nobody can read it any more. */
  readonly money: boolean;
  readonly approvedMinor: number;
  readonly deferred: boolean;
  readonly unreadable?: true;
  readonly at?: string;
}

function entryOf(record: ChainedRow['record']): Entry {
  if (record === undefined) return { money: true, approvedMinor: 0, deferred: false, unreadable: true };
  const approvedMinor = paysMerchant(record) ? record.amountMinor : 0;
  return {
    money: record.outcome !== 'declined',
    approvedMinor,
    deferred: isDeferred(record),
    at: copiedText(record.at),
  };
}

/** A batch that is counted by what its seal says, and whose records were not read. */
interface Counted {
  readonly first: Place;
  readonly records: number;
  readonly approvedMinor: number;
  /** When its oldest record was made. */
  readonly at: () => string | undefined;
}

/**
 * What the centre has not acknowledged, kept in memory and added up: it is asked several times a tap. Of a batch that is counted as
 * a whole nobody knows how many of its records carry money, or are deferred: all may, so that limits err on the safe side.
 */
export class BacklogTally {
  readonly #refused = new Set<Place>();
  /** Those that carry money, in the order of the records. */
  readonly #carrying = new Map<Place, Entry>();
  /** By their last place, oldest first; older than all single records. */
  readonly #whole = new Map<Place, Counted>();
  #wholeRecords = 0;
  #sumMinor = 0;
  #deferred = { count: 0, sumMinor: 0 };
  #unreadable = 0;

  add(place: Place, record: ChainedRow['record']): void {
    const entry = entryOf(record);
    if (entry.money) this.#carrying.set(place, entry);
    else this.#refused.add(place);
    this.#count(entry, 1);
  }

  addWhole(last: Place, batch: Counted): void {
    this.#whole.set(last, batch);
    this.#countWhole(batch, 1);
  }

  acknowledged(first: Place, last: Place): void {
    const whole = this.#whole.get(last);
    if (whole?.first === first) {
      this.#whole.delete(last);
      this.#countWhole(whole, -1);
      return;
    }
    for (let place = first; place <= last; place++) {
      const entry = this.#carrying.get(place);
      if (entry !== undefined) this.#count(entry, -1);
      this.#carrying.delete(place);
      this.#refused.delete(place);
    }
  }

  #countWhole({ records, approvedMinor }: Counted, sign: 1 | -1): void {
    this.#wholeRecords += sign * records;
    this.#add(approvedMinor, { count: records, sumMinor: approvedMinor }, sign);
  }

  #count({ approvedMinor, deferred, unreadable }: Entry, sign: 1 | -1): void {
    if (unreadable) this.#unreadable += sign;
    this.#add(approvedMinor, deferred ? { count: 1, sumMinor: approvedMinor } : { count: 0, sumMinor: 0 }, sign);
  }

  #add(approvedMinor: number, deferred: { readonly count: number; readonly sumMinor: number }, sign: 1 | -1): void {
    this.#sumMinor += sign * approvedMinor;
    const { count, sumMinor } = this.#deferred;
    this.#deferred = { count: count + sign * deferred.count, sumMinor: sumMinor + sign * deferred.sumMinor };
  }

  summary(): Backlog {
    const oldestAt = this.#oldestAt();
    return {
      count: this.#wholeRecords + this.#carrying.size,
      sumMinor: this.#sumMinor,
      ...(oldestAt !== undefined && { oldestAt }),
      deferred: this.#deferred,
      records: this.#wholeRecords + this.#carrying.size + this.#refused.size,
      unreadable: this.#unreadable,
    };
  }

  #oldestAt(): string | undefined {
    for (const batch of this.#whole.values()) {
      const at = batch.at();
      if (at !== undefined) return at;
    }
    for (const { at } of this.#carrying.values()) if (at !== undefined) return at;
    return undefined;
  }
}

/** Rows that are held in memory at once. */
const PAGE = 1_000;
/** So many records of the newest batches are read one by one: half a second. A terminal makes as many in weeks. */
const READ_RECORDS = 10_000;

/**
 * Reads what is in no acknowledged batch. However long the queue is, it can be opened at once: what is older than the newest ten
 * thousand records is counted by the seals of its batches.
 * @param holds is a batch's row still as it was written? Otherwise its records are read
 */
export function readBacklog(
  { toUpload, last }: BatchRows,
  records: RecordRows,
  holds: (row: Tagged<BatchRow>) => boolean,
  readRecords = READ_RECORDS,
): BacklogTally {
  const tally = new BacklogTally();
  const waiting = toUpload();
  const afterLast = (last()?.last_place ?? placeOf(1, 0)) + 1;
  let newer = 0;
  const isRead = waiting.toReversed().map((row) => {
    newer += row.last_place - row.first_place + 1;
    return newer <= readRecords || !holds(row);
  });
  for (const [at, row] of waiting.entries()) {
    const { first_place: first, last_place: end } = row;
    if (isRead[waiting.length - 1 - at]) addEach(first, end, records, tally);
    else tally.addWhole(end, wholeBatch(row, records));
  }
  addEach(afterLast, Number.MAX_SAFE_INTEGER, records, tally);
  return tally;
}

function wholeBatch({ first_place: first, last_place: last, total_minor }: BatchRow, records: RecordRows): Counted {
  let known: { readonly at: string | undefined } | undefined;
  const at = (): string | undefined => {
    known ??= { at: copied(records.get(first)?.record?.at) };
    return known.at;
  };
  return { first, records: last - first + 1, approvedMinor: total_minor, at };
}

const copied = (text: string | undefined): string | undefined => text && copiedText(text);

function addEach(first: Place, last: Place, records: RecordRows, tally: BacklogTally): void {
  for (const row of pages(first, last, records)) tally.add(row.place, row.record);
}

/** Rows of a range, some at a time: there may be a million. */
function* pages(first: Place, last: Place, records: RecordRows): Generator<ChainedRow> {
  for (let from = first; ; ) {
    const rows = records.range(from, last, PAGE);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE) return;
    from = end.place + 1;
  }
}
