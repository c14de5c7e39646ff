import { ok as assert } from 'node:assert/strict';
import {
  cardToken,
  chainHash,
  encodeRecord,
  HASH_BYTES,
  parseRecord,
  type Record,
  type RecordDraft,
} from '../../clearing/contract/record/index.ts';
import { equalBytes, Pan, PurseSerial, parseHex } from '../../emv/values/index.ts';
import { type Database, plain } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { epochOf, isPlace, lastPlaceOf, type Place, placeOf, sequenceOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import type { Identity } from '../interface/queue.ts';
import type { Sealing } from '../keys/sealing.ts';

/** Sealed under this name and the record's place. */
export const RECORDS = 'records';

export interface RecordRow {
  readonly place: Place;
  /** As bytes, so that what is no longer text comes through unchanged. */
  readonly canonical: Uint8Array;
  readonly hash: Uint8Array;
  readonly pan: Uint8Array | null;
}

/** A row with the hash before it, and what it says if it still says what was written. */
export interface ChainedRow extends RecordRow {
  readonly previousHash: Uint8Array;
  readonly record?: Record;
}

/** Rows that have left the table for the archive. Throws QueueError `bad-archive`. */
export interface ArchivedRows {
  range(first: Place, last: Place): readonly RecordRow[];
  /** Those before a place, newest first. */
  newest(below: Place, count: number): readonly RecordRow[];
  /** The chain hash at a record. */
  hashAt(place: Place): Uint8Array | undefined;
}

interface Head {
  readonly epoch: number;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/** What the other stores need of records. */
export interface RecordRows {
  head(identity: Identity): Head;
  /** Appends a record to the chain; within the transaction of its outcome. */
  append(
    identity: Identity,
    draft: RecordDraft,
    pan: Pan | PurseSerial | undefined,
  ): { readonly record: Record; readonly place: Place };
  /** The rows from `first` to `last` in order, checked against the chain. */
  range(first: Place, last: Place, limit?: number): readonly ChainedRow[];
  /**
   * The rows of a batch if the chain leads through all of them to the head that was sealed, in which they are still what was
   * parsed then; undefined otherwise. As quick as a long upload needs it.
   */
  chainedTo(first: Place, last: Place, chainHead: Uint8Array): readonly RecordRow[] | undefined;
  get(place: Place): ChainedRow | undefined;
  /** The chain hash at a record; of the end of an archive file without reading the file. */
  hashAt(place: Place): Uint8Array | undefined;
  newest(below: Place, count: number): readonly ChainedRow[];
}

/** What another hand has made no hash matches none. */
const asHash = (bytes: Uint8Array): Uint8Array => (bytes.length === HASH_BYTES ? bytes : new Uint8Array(HASH_BYTES));

const COLUMNS = 'place, cast(canonical as blob) as canonical, hash, pan';

export function recordRows(db: Database, identities: Identities, sealing: Sealing, archived: ArchivedRows): RecordRows {
  // Within its epoch: what another hand has put beyond it is no end, and no sequence is given twice.
  const last = db.prepare<Pick<RecordRow, 'place' | 'hash'>>(
    'select place, hash from records where place between ? and ? order by place desc limit 1',
  );
  const hashAt = db.prepare<Pick<RecordRow, 'hash'>>('select hash from records where place = ?');
  const from = db.prepare<RecordRow>(
    `select ${COLUMNS} from records where place between ? and ? order by place limit ?`,
  );
  const below = db.prepare<RecordRow>(`select ${COLUMNS} from records where place < ? order by place desc limit ?`);
  const insert = db.prepare('insert into records (place, canonical, hash, pan) values (?, ?, ?, ?)');

  const hashOf = (place: Place): Uint8Array | undefined => {
    const hash = hashAt.get(place)?.hash ?? archived.hashAt(place);
    return hash && asHash(hash);
  };
  // The genesis hash stands before sequence 1; a missing row leaves nothing that could match.
  const hashBefore = (place: Place): Uint8Array => {
    if (sequenceOf(place) === 1) return identities.of(epochOf(place))?.genesisHash ?? new Uint8Array(HASH_BYTES);
    return hashOf(place - 1) ?? new Uint8Array(HASH_BYTES);
  };
  const chained = (row: RecordRow, before?: RecordRow): ChainedRow => {
    const previousHash = before?.place === row.place - 1 ? asHash(before.hash) : hashBefore(row.place);
    const record = readable(row, previousHash, identities.of(epochOf(row.place)));
    return { ...row, hash: asHash(row.hash), previousHash, ...(record && { record }) };
  };
  const head = ({ epoch, genesisHash }: Identity): Head => {
    const row = last.get(placeOf(epoch, 0), lastPlaceOf(epoch));
    if (row === undefined) return { epoch, sequence: 0, hash: genesisHash };
    return { epoch, sequence: sequenceOf(row.place), hash: plain(asHash(row.hash)) };
  };
  // What is archived came first, so only what the table does not begin with can be there.
  const range = (first: Place, lastPlace: Place, limit: number): readonly RecordRow[] => {
    const rows = from.all(first, lastPlace, limit);
    const begin = rows[0]?.place ?? lastPlace + 1;
    const older = begin > first ? archived.range(first, begin - 1) : [];
    return older.length === 0 ? rows : [...older, ...rows].slice(0, limit);
  };
  const newest = (place: Place, count: number): readonly RecordRow[] => {
    const rows = below.all(place, count);
    return rows.length === count
      ? rows
      : [...rows, ...archived.newest(rows.at(-1)?.place ?? place, count - rows.length)];
  };
  return {
    head,
    append(identity, draft, pan) {
      const { epoch, sequence, hash } = head(identity);
      const record: Record = { ...draft, terminal: identity.terminal, epoch, sequence: sequence + 1 };
      if (!isPlace(epoch, record.sequence)) throw new QueueError('bad-record', `records ${epoch}-${sequence}`);
      const place = placeOf(epoch, record.sequence);
      const canonical = encodeRecord(record);
      const sealed = pan && sealing.seal(RECORDS, place, new TextEncoder().encode(pan.reveal()));
      db.moveEnd();
      insert.run(place, new TextDecoder().decode(canonical), chainHash(hash, canonical), sealed ?? null);
      return { record, place };
    },
    range: (first, lastPlace, limit = Number.MAX_SAFE_INTEGER) =>
      range(first, lastPlace, limit).map((row, at, rows) => chained(row, rows[at - 1])),
    chainedTo(first, lastPlace, chainHead) {
      const rows = range(first, lastPlace, Number.MAX_SAFE_INTEGER);
      let hash = hashBefore(first);
      const whole = rows.every((row, at) => {
        hash = chainHash(hash, row.canonical);
        return row.place === first + at && equalBytes(hash, row.hash);
      });
      return whole && rows.length === lastPlace - first + 1 && equalBytes(hash, chainHead) ? rows : undefined;
    },
    hashAt: hashOf,
    get: (place) => range(place, place, 1).map((row) => chained(row))[0],
    newest: (place, count) => newest(place, count).map((row, at, rows) => chained(row, rows[at + 1])),
  };
}

/** The record of a row, if the row is still what was appended at its place. */
function readable(row: RecordRow, previousHash: Uint8Array, identity: Identity | undefined): Record | undefined {
  const parsed = parseRecord(row.canonical);
  if (parsed.kind === 'malformed' || identity === undefined) return undefined;
  const { terminal, epoch, sequence } = parsed.record;
  const inPlace = terminal === identity.terminal && epoch === epochOf(row.place) && sequence === sequenceOf(row.place);
  return inPlace && equalBytes(chainHash(previousHash, row.canonical), row.hash) ? parsed.record : undefined;
}

/** A record names the card that its PAN, or its serial number, belongs to, or no card at all. */
export function assertCardMatches(identity: Identity, draft: RecordDraft, pan: Pan | PurseSerial | undefined): void {
  if (draft.card === undefined) return;
  assert(pan !== undefined, 'a record with a card needs its PAN');
  assert(draft.card.maskedPan === pan.masked, "the masked PAN of the record is another card's");
  assert(draft.card.token === cardToken(identity.cardTokenKey, pan), "the token of the record is another card's");
}

/** The number sealed beside a record; undefined when there is none or it no longer opens. */
export function openPan(
  sealing: Sealing,
  { place, pan }: Pick<RecordRow, 'place' | 'pan'>,
): Pan | PurseSerial | undefined {
  const digits = pan && sealing.open(RECORDS, place, pan);
  return digits ? cardNumber(String.fromCharCode(...digits)) : undefined;
}

/** A PAN has 19 digits at most, a purse's serial number 20. */
function cardNumber(digits: string): Pan | PurseSerial | undefined {
  const serial = digits.length === 20 ? parseHex(digits) : undefined;
  return serial ? PurseSerial.parse(serial) : Pan.parse(digits);
}

export type ReadableRow = ChainedRow & Required<Pick<ChainedRow, 'record'>>;

export const isReadable = (row: ChainedRow): row is ReadableRow => row.record !== undefined;

/** Every row in order, unchecked. */
export const allRecords = (db: Database): Iterable<RecordRow> =>
  db.prepare<RecordRow>(`select ${COLUMNS} from records order by place`).iterate();
