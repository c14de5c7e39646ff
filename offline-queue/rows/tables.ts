import type { Database } from '../database/database.ts';
import type { Place } from '../database/place.ts';
import type { Sealing } from '../keys/sealing.ts';
import { TaggedTable } from './tagged-table.ts';

export interface PaymentRow {
  /** Order of registration, from 1 without gaps. */
  readonly number: number;
  readonly id: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly kind: string;
  readonly state: string;
  readonly amount_minor: number;
  readonly reference: string;
  readonly final: 0 | 1;
  /** PaymentDetail as JSON. */
  readonly detail: string;
  /** The payment's latest record. */
  readonly record_place: Place | null;
  readonly intent: 'open' | 'undecided' | null;
  /** How many reversals were ever written for it. */
  readonly reversals: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface IntentRow {
  /** Number of the payment. */
  readonly payment: number;
  readonly saved_at: string;
  readonly sealed: Uint8Array;
}

export interface ReversalRow {
  readonly number: number;
  readonly id: string;
  readonly payment: number;
  readonly sealed: Uint8Array;
  readonly attempts: number;
  readonly created_at: string;
  readonly attempted_at: string | null;
  readonly cancelled_at: string | null;
  readonly acknowledged_at: string | null;
}

export interface BatchRow {
  readonly number: number;
  readonly id: string;
  readonly state: 'sealed' | 'submitted' | 'accepted' | 'settled';
  readonly first_place: Place;
  readonly last_place: Place;
  readonly total_minor: number;
  readonly chain_head: Uint8Array;
  readonly merkle_root: Uint8Array;
  readonly signature: Uint8Array;
  readonly sealed_at: string;
  readonly submitted_at: string | null;
  readonly accepted_at: string | null;
  /** The host's document as JSON. */
  readonly acknowledgement: string | null;
  /** Disputed sequences with their reasons, as JSON: [[sequence, reason], …]. */
  readonly disputed: string | null;
  /** Order of settlement, from 1. */
  readonly settlement_number: number | null;
  readonly settled_at: string | null;
  /** The host's document as JSON. */
  readonly settlement: string | null;
  readonly central_at: string | null;
}

export interface ArchiveRow {
  readonly number: number;
  /** Name in the folder of archives. */
  readonly file: string;
  /** SM3 of the file. */
  readonly digest: Uint8Array;
  readonly first_place: Place;
  readonly last_place: Place;
  /** Chain hash before first_place and at last_place. */
  readonly hash_before: Uint8Array;
  readonly hash_at: Uint8Array;
  /** Numbers of the payments and reversals in the file, as JSON: [[first, last], …]. */
  readonly payments: string;
  readonly reversals: string;
  readonly made_at: string;
}

export interface CloseRow {
  readonly number: number;
  readonly id: string;
  readonly first_place: Place;
  readonly last_place: Place;
  /** All records, and the sum of the approved purchases among them. */
  readonly count: number;
  readonly total_minor: number;
  readonly closed_at: string;
  readonly compared_at: string | null;
  /** Has the centre answered for all of it, and lacks none? */
  readonly complete: 0 | 1;
  /** What the centre has signed, as JSON. */
  readonly report: string | null;
}

interface SettingRow {
  readonly name: string;
  readonly value: string;
}

export interface HotlistHeadRow {
  readonly id: 1;
  readonly version: number;
  readonly hash: string | null;
  /** Empty: no list has arrived yet. */
  readonly updated_at: string;
  /** Cards on the list that holds, and open debts. */
  readonly entries: number;
  readonly debts: number;
  /** HotlistLists as JSON. */
  readonly lists: string;
}

export interface SpendingRow {
  /** See migrations.ts: a day, or a card's on a day. */
  readonly name: string;
  readonly count: number;
  readonly sum_minor: number;
  /** Of a day: how many cards have a row of it. */
  readonly cards: number;
  /** RFC 3339. Of a day: its newest record. Of a card: its newest payment. */
  readonly latest_at: string;
  /** The breaker opened then, and stays open for the day. */
  readonly tripped_at: string | null;
}

export interface Tables {
  readonly payments: TaggedTable<PaymentRow>;
  readonly intents: TaggedTable<IntentRow>;
  readonly reversals: TaggedTable<ReversalRow>;
  readonly batches: TaggedTable<BatchRow>;
  readonly archives: TaggedTable<ArchiveRow>;
  readonly closes: TaggedTable<CloseRow>;
  readonly settings: TaggedTable<SettingRow>;
  readonly hotlistHead: TaggedTable<HotlistHeadRow>;
  readonly spendings: TaggedTable<SpendingRow>;
}

const ARCHIVE_COLUMNS = [
  'number',
  'file',
  'digest',
  'first_place',
  'last_place',
  'hash_before',
  'hash_at',
  'payments',
  'reversals',
  'made_at',
] as const;

const CLOSE_COLUMNS = [
  'number',
  'id',
  'first_place',
  'last_place',
  'count',
  'total_minor',
  'closed_at',
  'compared_at',
  'complete',
  'report',
] as const;

/** The tables whose rows are tagged: the key first, then every other column, in the order of the tag. */
export function openTables(db: Database, sealing: Sealing): Tables {
  return {
    payments: new TaggedTable<PaymentRow>(db, sealing, 'payments', [
      'number',
      'id',
      'key',
      'fingerprint',
      'kind',
      'state',
      'amount_minor',
      'reference',
      'final',
      'detail',
      'record_place',
      'intent',
      'reversals',
      'created_at',
      'updated_at',
    ]),
    intents: new TaggedTable<IntentRow>(db, sealing, 'intents', ['payment', 'saved_at', 'sealed']),
    reversals: new TaggedTable<ReversalRow>(db, sealing, 'reversals', [
      'number',
      'id',
      'payment',
      'sealed',
      'attempts',
      'created_at',
      'attempted_at',
      'cancelled_at',
      'acknowledged_at',
    ]),
    batches: new TaggedTable<BatchRow>(db, sealing, 'batches', [
      'number',
      'id',
      'state',
      'first_place',
      'last_place',
      'total_minor',
      'chain_head',
      'merkle_root',
      'signature',
      'sealed_at',
      'submitted_at',
      'accepted_at',
      'acknowledgement',
      'disputed',
      'settlement_number',
      'settled_at',
      'settlement',
      'central_at',
    ]),
    archives: new TaggedTable<ArchiveRow>(db, sealing, 'archives', ARCHIVE_COLUMNS),
    closes: new TaggedTable<CloseRow>(db, sealing, 'closes', CLOSE_COLUMNS),
    settings: new TaggedTable<SettingRow>(db, sealing, 'settings', ['name', 'value']),
    hotlistHead: new TaggedTable<HotlistHeadRow>(db, sealing, 'hotlist_head', [
      'id',
      'version',
      'hash',
      'updated_at',
      'entries',
      'debts',
      'lists',
    ]),
    spendings: new TaggedTable<SpendingRow>(db, sealing, 'spendings', [
      'name',
      'count',
      'sum_minor',
      'cards',
      'latest_at',
      'tripped_at',
    ]),
  };
}
