import { cardToken, chainHash, HASH_BYTES, parseRecord, type Record } from '../clearing/contract/record/index.ts';
import { equalBytes } from '../emv/values/index.ts';
import { copiedText } from './copied-text.ts';
import { type Broken, badRecord } from './faults.ts';
import type { Identities } from './identity.ts';
import { epochOf, type Place, sequenceOf } from './place.ts';
import type { Identity } from './queue.ts';
import { openPan, type RecordRow } from './record-rows.ts';
import type { Sealing } from './sealing.ts';

/** What the walk learned of the records, for the checks that follow. */
export interface Walked {
  readonly records: number;
  readonly last: Place;
  readonly head: Uint8Array;
  /** The latest record of each payment, by its id. */
  readonly latest: Map<string, Latest>;
}

/** What a payment must agree with; no more of a record is kept, since there may be a million. */
interface Latest extends Pick<Record, 'outcome' | 'amountMinor' | 'reference'> {
  readonly place: Place;
}

/** Walks all records from the first genesis on; the first one that is not what was written ends it. */
export function walkRecords(
  rows: Iterable<RecordRow>,
  identities: Identities,
  sealing: Sealing,
): { readonly fault: Broken } | { readonly walked: Walked } {
  const latest = new Map<string, Latest>();
  let [records, last] = [0, 0];
  let head: Uint8Array = new Uint8Array(HASH_BYTES);
  for (const row of rows) {
    const { epoch, expected } = expectedAfter(last, row.place);
    const identity = identities.of(epoch);
    if (identity === undefined)
      return {
        fault: badRecord(epoch, sequenceOf(row.place), 'foreign', 'is of an enrolment that this queue does not have'),
      };
    if (sequenceOf(row.place) !== expected) return { fault: badRecord(epoch, expected, 'missing', 'is missing') };
    const previous = expected === 1 ? identity.genesisHash : head;
    const checked = checkRecord(row, previous, identity, sealing);
    if ('kind' in checked) return { fault: checked };
    const { paymentId, outcome, amountMinor, reference } = checked.record;
    latest.set(copiedText(paymentId), { place: row.place, outcome, amountMinor, reference: copiedText(reference) });
    [records, last] = [records + 1, row.place];
    head = row.hash;
  }
  return { walked: { records, last, head, latest } };
}

function expectedAfter(last: Place, place: Place): { readonly epoch: number; readonly expected: number } {
  const epoch = epochOf(place);
  return { epoch, expected: epochOf(last) === epoch ? sequenceOf(last) + 1 : 1 };
}

function checkRecord(
  row: RecordRow,
  previous: Uint8Array,
  identity: Identity,
  sealing: Sealing,
): Broken | { readonly record: Record } {
  const [epoch, sequence] = [epochOf(row.place), sequenceOf(row.place)];
  const parsed = parseRecord(row.canonical);
  if (parsed.kind === 'malformed') return badRecord(epoch, sequence, 'unreadable', `cannot be read: ${parsed.reason}`);
  const { record } = parsed;
  if (record.terminal !== identity.terminal || record.epoch !== epoch) {
    return badRecord(epoch, sequence, 'foreign', `is one of terminal ${record.terminal}, epoch ${record.epoch}`);
  }
  if (record.sequence !== sequence) {
    return badRecord(epoch, sequence, 'reordered', `has been put where record ${record.sequence} is`);
  }
  if (!equalBytes(chainHash(previous, row.canonical), row.hash)) {
    return badRecord(epoch, sequence, 'changed', 'has been changed since it was written, or the hash beside it has');
  }
  return checkPan(row, record, identity, sealing) ?? { record };
}

function checkPan(row: RecordRow, record: Record, identity: Identity, sealing: Sealing): Broken | undefined {
  if (row.pan === null && record.card === undefined) return undefined;
  const pan = openPan(sealing, row);
  const right =
    pan !== undefined && (record.card === undefined || record.card.token === cardToken(identity.cardTokenKey, pan));
  return right
    ? undefined
    : badRecord(
        record.epoch,
        record.sequence,
        'changed',
        'has lost the PAN that was sealed beside it, or has another one',
      );
}
