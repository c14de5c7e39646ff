import BetterSqlite from 'better-sqlite3';
import { QueueError } from './errors.ts';

/** Marks the file as a queue of jdpos: 'jdpq'. */
const APPLICATION_ID = 0x6a647071;

/**
 * The schema, one step a version; a step that was released never changes. Rows carry a `tag` over all their columns under a
 * key of the queue, so that a change by another hand shows; records are covered by their chain, lists of the hotlist by digests.
 *
 * `place` is epoch * 2^32 + sequence: one column is the order of all records and their only key.
 */
export const STEPS: readonly string[] = [
  `
  create table keys (name text primary key, sealed blob not null) strict, without rowid;
  create table identities (epoch integer primary key check (epoch >= 1), sealed blob not null) strict;
  create table settings (name text primary key, value text not null, tag blob not null) strict, without rowid;

  create table payments (
    number integer primary key autoincrement,
    id text not null unique,
    key text not null unique,
    fingerprint text not null,
    kind text not null,
    state text not null,
    amount_minor integer not null check (amount_minor >= 0),
    reference text not null,
    final integer not null check (final in (0, 1)),
    detail text not null,
    record_place integer,
    intent text check (intent in ('open', 'undecided')),
    reversals integer not null default 0,
    created_at text not null,
    updated_at text not null,
    tag blob not null
  ) strict;

  create table intents (
    payment integer primary key references payments (number),
    saved_at text not null,
    sealed blob not null,
    tag blob not null
  ) strict;

  create table reversals (
    number integer primary key autoincrement,
    id text not null unique,
    payment integer not null references payments (number),
    sealed blob not null,
    attempts integer not null default 0,
    created_at text not null,
    attempted_at text,
    cancelled_at text,
    acknowledged_at text,
    tag blob not null
  ) strict;
  create index reversals_pending on reversals (number) where cancelled_at is null and acknowledged_at is null;

  create table records (
    place integer primary key,
    canonical text not null,
    hash blob not null check (length(hash) = 32),
    pan blob,
    epoch integer generated always as (place >> 32) virtual,
    sequence integer generated always as (place & 4294967295) virtual
  ) strict;

  create table batches (
    number integer primary key autoincrement,
    id text not null unique,
    state text not null check (state in ('sealed', 'submitted', 'accepted', 'settled')),
    first_place integer not null,
    last_place integer not null unique,
    total_minor integer not null,
    chain_head blob not null,
    merkle_root blob not null,
    signature blob not null,
    sealed_at text not null,
    submitted_at text,
    accepted_at text,
    acknowledgement text,
    disputed text,
    settlement_number integer unique,
    settled_at text,
    settlement text,
    central_at text,
    tag blob not null,
    check (first_place >> 32 = last_place >> 32 and first_place <= last_place),
    check ((acknowledgement is null) = (state in ('sealed', 'submitted'))),
    check ((settlement is null) = (state <> 'settled'))
  ) strict;

  create table hotlist (token blob primary key check (length(token) = 32)) strict, without rowid;
  create table hotlist_state (
    id integer primary key check (id = 1),
    version integer not null,
    updated_at text not null,
    entries integer not null,
    digest blob not null,
    tag blob not null
  ) strict;
  `,
  // What was approved without the host, by the terminal's local day: of the terminal (`2026-11-26`) and of each card
  // (`card 2026-11-26 TOKEN`). Kept apart from records, which may be archived.
  `
  create table spendings (
    name text primary key,
    count integer not null check (count >= 0),
    sum_minor integer not null check (sum_minor >= 0),
    cards integer not null check (cards >= 0),
    latest_at text not null,
    tripped_at text,
    tag blob not null
  ) strict, without rowid;
  `,
  // Batches that wait are found at once however many have settled.
  `
  create index batches_to_upload on batches (number) where state in ('sealed', 'submitted');
  create index batches_to_settle on batches (number) where state = 'accepted';
  `,
  // The hotlist in several lists, so that a long one can arrive in parts. What was there is asked for again: until it is there,
  // nothing is approved offline.
  `
  drop table hotlist;
  drop table hotlist_state;

  create table hotlist_entries (
    list integer not null,
    token blob not null check (length(token) = 32),
    -- Empty: is the card listed (1, 0)? Else the debt of this name, fen.
    debt text not null,
    value integer not null check (value >= 0),
    primary key (list, token, debt)
  ) strict, without rowid;
  create table hotlist_head (
    id integer primary key check (id = 1),
    version integer not null,
    hash text,
    updated_at text not null,
    entries integer not null,
    debts integer not null,
    lists text not null,
    tag blob not null
  ) strict;
  `,
  `
  -- What has left the tables for files beside the queue: places, and the numbers of payments and reversals as ranges in JSON.
  create table archives (
    number integer primary key autoincrement,
    file text not null unique,
    digest blob not null check (length(digest) = 32),
    first_place integer not null,
    last_place integer not null unique,
    hash_before blob not null,
    hash_at blob not null,
    payments text not null,
    reversals text not null,
    made_at text not null,
    tag blob not null,
    check (first_place <= last_place)
  ) strict;
  -- Which reversals go with a payment; also what the foreign key asks when a payment leaves.
  create index reversals_of_payment on reversals (payment);

  create table closes (
    number integer primary key autoincrement,
    id text not null unique,
    first_place integer not null,
    last_place integer not null unique,
    count integer not null,
    total_minor integer not null,
    closed_at text not null,
    compared_at text,
    complete integer not null default 0 check (complete in (0, 1)),
    report text,
    tag blob not null,
    check (first_place <= last_place)
  ) strict;
  `,
  // The cards of a list in blocks (hotlist/block.ts), and another digest: what was there is asked for again, as above.
  `
  drop table hotlist_entries;
  delete from hotlist_head;

  create table hotlist_cards (
    list integer not null,
    first blob not null check (length(first) = 32),
    cards blob not null check (length(cards) > 0 and length(cards) % 33 = 0),
    primary key (list, first)
  ) strict, without rowid;
  create table hotlist_debts (
    list integer not null,
    token blob not null check (length(token) = 32),
    debt text not null check (debt <> ''),
    value integer not null check (value >= 0),
    primary key (list, token, debt)
  ) strict, without rowid;
  `,
  // How often a row has been written, so that an older state of it, put back with the tag that it had then, shows (tail.ts).
  // 0: last written by an earlier version.
  ['payments', 'intents', 'reversals', 'batches', 'archives', 'closes', 'settings', 'hotlist_head', 'spendings']
    .map((table) => `alter table ${table} add column changes integer not null default 0;`)
    .join('\n'),
  // Blocks of cards in the order in which they came, and an index of their first cards: a tree of the blocks themselves is deep, four
  // to a page, and a page of a list that arrives wrote seven pages of the file instead of five.
  `
  alter table hotlist_cards rename to hotlist_cards_before;
  create table hotlist_cards (
    list integer not null,
    first blob not null check (length(first) = 32),
    cards blob not null check (length(cards) > 0 and length(cards) % 33 = 0),
    primary key (list, first)
  ) strict;
  insert into hotlist_cards (list, first, cards) select list, first, cards from hotlist_cards_before order by list, first;
  drop table hotlist_cards_before;
  `,
];

const versionOf = (connection: BetterSqlite.Database): unknown => connection.pragma('user_version', { simple: true });

const applicationOf = (connection: BetterSqlite.Database): unknown =>
  connection.pragma('application_id', { simple: true });

/** Takes every step that the file has not seen, each in a transaction; `steps` of them at most. */
export function migrate(connection: BetterSqlite.Database, steps = STEPS.length): void {
  for (const [at, step] of STEPS.slice(0, steps).entries()) {
    const version = at + 1;
    connection
      .transaction(() => {
        if (Number(versionOf(connection)) >= version) return;
        connection.exec(step);
        mark(connection, version);
      })
      .immediate();
  }
}

function mark(connection: BetterSqlite.Database, version: number): void {
  connection.pragma(`application_id = ${APPLICATION_ID}`);
  connection.pragma(`user_version = ${version}`);
}

/** Does the file's header say that it is a queue of this version? */
export const isMarked = (application: unknown, version: unknown): boolean =>
  application === APPLICATION_ID && version === STEPS.length;

/**
 * The tables are the truth: where they are those of this version, and not those of the version that the header says, another hand
 * has changed the header.
 */
function isMarkedWrongly(connection: BetterSqlite.Database): boolean {
  const version = Number(versionOf(connection));
  if (isMarked(applicationOf(connection), version) || !isOfVersion(connection, STEPS.length)) return false;
  return version >= STEPS.length || !isOfVersion(connection, version);
}

/** The header as it was, so that the queue opens; `verify` names it until then. */
export function putMarksBack(connection: BetterSqlite.Database): void {
  if (isMarkedWrongly(connection)) connection.transaction(() => mark(connection, STEPS.length)).immediate();
}

function isOfVersion(connection: BetterSqlite.Database, version: number): boolean {
  const here = connection.prepare(SCHEMA_OBJECTS).all();
  // A new file has no tables, and making those of a version to compare costs as much as making its own.
  if (here.length === 0) return version === 0;
  return JSON.stringify(here) === JSON.stringify(schemaObjects(version));
}

/** SQL: every table, index, view and trigger, and how it was made; one row an object. */
export const SCHEMA_OBJECTS = `select type || ' ' || name as object, type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') as made
  from sqlite_schema order by type, name`;

/** What SCHEMA_OBJECTS gives of a queue whose schema nobody else has touched; of an earlier version with fewer steps. */
export function schemaObjects(steps = STEPS.length): readonly { readonly object: string; readonly made: string }[] {
  const connection = new BetterSqlite(':memory:');
  try {
    migrate(connection, steps);
    return connection.prepare<[], { object: string; made: string }>(SCHEMA_OBJECTS).all();
  } finally {
    connection.close();
  }
}

/**
 * A queue has no triggers and no views: what another hand has put there would run within the queue's own transactions. Asked before
 * anything is written; `verify` names what else of the schema was changed.
 */
export function refuseAdded(connection: BetterSqlite.Database): void {
  const [added] = connection
    .prepare<[], { object: string }>(
      "select type || ' ' || name as object from sqlite_schema where type in ('trigger', 'view')",
    )
    .all();
  if (added !== undefined) throw new QueueError('corrupt', `it has a ${added.object} that is not of it`);
}

/** Readers never migrate. */
export function requireCurrentSchema(connection: BetterSqlite.Database): void {
  refuseForeign(connection);
  const older = Number(versionOf(connection)) < STEPS.length;
  if (older && !isMarkedWrongly(connection)) throw new QueueError('older-schema');
}

/** Refuses a file that is no queue, or one of a later version, before anything in it is touched. */
export function refuseForeign(connection: BetterSqlite.Database): void {
  const version = Number(versionOf(connection));
  const application = applicationOf(connection);
  const tables = connection.prepare('select count(*) from sqlite_schema').pluck().get();
  const empty = version === 0 && application === 0 && tables === 0;
  if (!empty && application !== APPLICATION_ID && !isOfVersion(connection, STEPS.length))
    throw new QueueError('not-a-queue');
  if (version > STEPS.length)
    throw new QueueError('newer-schema', `schema ${version}, this jdpos knows ${STEPS.length}`);
}
