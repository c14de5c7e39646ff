import { parseRanges, type Range } from '../archive/ranges.ts';
import type { Database } from '../database/database.ts';
import { NUMBERED_TABLES } from '../database/numbering.ts';
import { epochOf, sequenceOf } from '../database/place.ts';
import { ChangingList, EMPTY_DIGEST } from '../hotlist/digest.ts';
import { type HotlistEntries, hotlistEntries } from '../hotlist/entries.ts';
import { type HotlistList, type HotlistLists, layersOf, listsOf } from '../hotlist/lists.ts';
import type { Sealing } from '../keys/sealing.ts';
import { INTENTS } from '../payments/intents.ts';
import { REVERSALS } from '../payments/reversals.ts';
import { type Broken, badRecord, badRow, firstFault } from '../rows/faults.ts';
import type { PaymentRow, Tables } from '../rows/tables.ts';
import type { Walked } from './verify-records.ts';

/**
 * Numbered tables never lose a row: a gap that no archive accounts for, or a last number that was given and is not there, is
 * a deleted row.
 */
export function checkNumbers(db: Database): Broken | undefined {
  for (const table of NUMBERED_TABLES) {
    const rows = db.prepare<{ number: number }>(`select number from ${table} order by number`).iterate();
    const past = pastArchived(archivedNumbers(db, table));
    let next = past(1);
    for (const { number } of rows) {
      if (number !== next) return badRow('missing', `Row ${next} of ${table} is missing`);
      next = past(next + 1);
    }
    const given = db.prepare<{ seq: unknown }>('select seq from sqlite_sequence where name = ?').all(table);
    if (given.length > 1 || (given[0]?.seq ?? 0) !== next - 1)
      return badRow('missing', `Row ${next} of ${table} is missing, or how many there were has been changed`);
  }
  const [stray] = db
    .prepare<{ name: unknown }>(
      `select name from sqlite_sequence where name is null or name not in (${NUMBERED_TABLES.map((name) => `'${name}'`).join()})`,
    )
    .all();
  return stray && badRow('changed', 'What counts the numbers given (sqlite_sequence) has a row that is not of it');
}

function archivedNumbers(db: Database, table: string): readonly Range[] {
  if (table !== 'payments' && table !== 'reversals') return [];
  const rows = db.prepare<{ numbers: string }>(`select ${table} as numbers from archives`).all();
  return rows.flatMap(({ numbers }) => parseRanges(numbers)).sort(([a], [b]) => a - b);
}

/** The first number from the given one on that is in no archive; numbers are asked for in rising order. */
function pastArchived(ranges: readonly Range[]): (number: number) => number {
  let at = 0;
  return (number) => {
    let found = number;
    for (let range = ranges[at]; range !== undefined && range[0] <= found; range = ranges[at]) {
      found = Math.max(found, range[1] + 1);
      at++;
    }
    return found;
  };
}

/** Payments say what their records say, and every record has its payment. Uses up `walked.latest`. */
export function checkPayments(tables: Tables, walked: Walked): Broken | undefined {
  for (const row of tables.payments.all()) {
    const fault = checkPayment(row, walked);
    if (fault !== undefined) return fault;
    if (!tables.payments.holds(row))
      return badRow('changed', `Payment ${row.id} has been changed since it was written`);
    walked.latest.delete(row.id);
  }
  const [lost] = walked.latest;
  if (lost === undefined) return undefined;
  const [id, { place }] = lost;
  return badRecord(epochOf(place), sequenceOf(place), 'missing', `has lost its payment ${id}`);
}

/** Asks for a balance: it moves no money and has no record, whatever comes of it. */
const INQUIRY = 'balance';

export function checkPayment(row: PaymentRow, { latest, last }: Walked): Broken | undefined {
  const found = latest.get(row.id);
  const place = row.record_place;
  if (place !== null && place > last && found?.place !== place) {
    return badRecord(epochOf(place), sequenceOf(place), 'truncated', `is missing; payment ${row.id} rests on it`);
  }
  if ((found?.place ?? null) !== place)
    return badRow('changed', `Payment ${row.id} names another record than the one that names it`);
  const outcome = found?.outcome;
  const agrees =
    (found === undefined || (found.amountMinor === row.amount_minor && found.reference === row.reference)) &&
    (row.state === 'approved' && row.kind !== INQUIRY) === (outcome === 'approved') &&
    (row.state === 'undecided') === (outcome === 'undecided');
  return agrees ? undefined : badRow('changed', `Payment ${row.id} says something else than its record`);
}

/** Intents and reversals: theirs, sealed for them, and as many as their payments say. */
export function checkSealedRows(db: Database, tables: Tables, sealing: Sealing): Broken | undefined {
  const counts = db.prepare<{ id: string; intent: string | null; intents: number; reversals: number; written: number }>(
    `select p.id, p.intent, p.reversals, (select count(*) from intents i where i.payment = p.number) as intents,
       coalesce(r.written, 0) as written
     from payments p left join (select payment, count(*) as written from reversals group by payment) r on r.payment = p.number`,
  );
  for (const row of counts.iterate()) {
    if ((row.intent === null ? 0 : 1) !== row.intents)
      return badRow('missing', `The intent of payment ${row.id} is missing`);
    if (row.reversals !== row.written) return badRow('missing', `A reversal of payment ${row.id} is missing`);
  }
  return firstFault(
    () => checkIntents(tables, sealing),
    () => checkReversals(tables, sealing),
  );
}

function checkIntents({ intents, payments }: Tables, sealing: Sealing): Broken | undefined {
  for (const row of intents.all()) {
    const id = payments.get(row.payment)?.id;
    const opens = id !== undefined && sealing.open(INTENTS, id, row.sealed) !== undefined;
    if (!opens || !intents.holds(row))
      return badRow('changed', `The intent of payment ${id ?? row.payment} has been changed`);
  }
  return undefined;
}

function checkReversals({ reversals }: Tables, sealing: Sealing): Broken | undefined {
  for (const row of reversals.all()) {
    const opens = sealing.open(REVERSALS, row.id, row.sealed) !== undefined;
    if (!opens || !reversals.holds(row)) return badRow('changed', `Reversal ${row.id} has been changed`);
  }
  return undefined;
}

export function checkCloses({ closes }: Tables): Broken | undefined {
  for (const row of closes.all()) {
    if (!closes.holds(row)) return badRow('changed', `Close ${row.number} has been changed`);
  }
  return undefined;
}

export function checkSettings({ settings }: Tables): Broken | undefined {
  for (const row of settings.all()) {
    if (!settings.holds(row)) return badRow('changed', `The setting ${row.name} has been changed`);
  }
  return undefined;
}

/** Every list has the rows that were written, and there are no others but those that wait to be deleted. */
export function checkHotlist(db: Database, { hotlistHead }: Tables, sealing: Sealing): Broken | undefined {
  const [head, ...others] = hotlistHead.all();
  const changed = badRow('changed', 'The hotlist is not the one that the host sent');
  // Another row would be nothing to the list, but its count would make up for one that was put back.
  if (others.length > 0 || (head !== undefined && !(head.id === 1 && hotlistHead.holds(head)))) return changed;
  const lists = listsOf(head);
  const counted = [...layersOf(lists), ...(lists.arriving === undefined ? [] : [lists.arriving])];
  const entries = hotlistEntries(db);
  const sound = counted.every((list) => isAsWritten(entries, list, sealing)) && !hasStrayRows(entries, lists, counted);
  return sound ? undefined : changed;
}

function isAsWritten(entries: HotlistEntries, written: HotlistList, sealing: Sealing): boolean {
  const { list } = written;
  const found = new ChangingList({ list, rows: 0, digest: EMPTY_DIGEST }, sealing);
  return entries.walk(list, (row) => found.added(row)) && found.isThatOf(written);
}

function hasStrayRows(entries: HotlistEntries, { retired }: HotlistLists, counted: readonly HotlistList[]): boolean {
  const known = new Set([...retired, ...counted.map(({ list }) => list)]);
  // One step of each index a list.
  for (let at = entries.listAfter(-Infinity); at !== undefined; at = entries.listAfter(at)) {
    if (!known.has(at)) return true;
  }
  return false;
}
