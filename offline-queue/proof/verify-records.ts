import { cardToken, chainHash, HASH_BYTES, parseRecord, type Record } from '../../clearing/contract/record/index.ts';
import { equalBytes } from '../../emv/values/index.ts';
import { copiedText } from '../database/copied-text.ts';
import { epochOf, type Place, sequenceOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import type { Identity } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';
import { openPan, type RecordRow } from '../records/record-rows.ts';
import { type Broken, badRecord } from '../rows/faults.ts';

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

/** Where a walk begins: before the first genesis. */
export const nothingWalked = (): Walked => ({
  records: 0,
  last: 0,
  head: new Uint8Array(HASH_BYTES),
  latest: new Map(),
});

/**
 * Walks records in their order behind those that were walked before; the first one that is not what was written ends it.
 * @param panless the PANs stayed behind when these rows were archived
 */
export function walkRecords(
  rows: Iterable<RecordRow>,
  identities: Identities,
  sealing: Sealing,
  { after, panless = false }: { readonly after: Walked; readonly panless?: boolean },
): { readonly fault: Broken } | { readonly walked: Walked } {
  const { latest } = after;
  let { records, last, head } = after;
  for (const row of rows) {
    const { epoch, expected } = expectedAfter(last, row.place);
    const identity = identities.of(epoch);
    if (identity === undefined)
      return {
        fault: badRecord(epoch, sequenceOf(row.place), 'foreign', 'is of an enrolment that this queue does not have'),
      };
    if (sequenceOf(row.place) !== expected) return { fault: badRecord(epoch, expected, 'missing', 'is missing') };
    const previous = expected === 1 ? identity.genesisHash : head;
    const checked = checkRecord(row, previous, identity, panless ? undefined : sealing);
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
  sealing: Sealing | undefined,
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
  return (sealing && checkPan(row, record, identity, sealing)) ?? { record };
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
