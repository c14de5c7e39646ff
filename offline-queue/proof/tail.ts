import { parseHex, toHex } from '../../emv/values/index.ts';
import type { Database } from '../database/database.ts';
import { readJson } from '../database/json.ts';
import { NUMBERED_TABLES } from '../database/numbering.ts';
import { epochOf, type Place, sequenceOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import { sealedRows } from '../identity/sealed-rows.ts';
import { keyRows } from '../keys/key-rows.ts';
import type { Sealing } from '../keys/sealing.ts';
import type { RecordRows } from '../records/record-rows.ts';
import { type Broken, badRecord, badRow } from '../rows/faults.ts';
import { putSetting } from '../rows/settings.ts';
import type { Tables } from '../rows/tables.ts';
import { IS_COUNT } from '../rows/tagged-table.ts';
import type { TailFile } from './tail-file.ts';

/**
 * Where the queue ends: the newest record, its hash in hex, the numbers given, how many settings there are, and the sum of how
 * often each tagged row was written, which an older state of one makes less.
 */
interface End {
  readonly place: Place;
  readonly hash: string;
  /** In the order of NUMBERED_TABLES. */
  readonly given: readonly number[];
  readonly settings: number;
  /** Absent in the file of an earlier version. */
  readonly changes?: number | undefined;
}

/** What is here, and not only told. */
interface Here extends End {
  readonly changes: number;
}

/**
 * Whoever has rows as they once were, with the tags that they had then, can put them back one by one: no row can be in a later
 * state than its newest, and what is deleted leaves its count to another row, so that nothing makes up for what is then less.
 */
const COUNTED = [...NUMBERED_TABLES, 'intents', 'settings', 'hotlist_head', 'spendings'] as const;

/**
 * What is at the end of the queue, in a file of its own beside it, tagged under the queue's key. The newest rows can be cut off
 * with all that counts them, and what is left is sound in itself, as the queue once was; it is then behind this file. The file
 * follows each commit without a wait for the disk: after a power cut it may say less than there is, and never more.
 */
export interface Tail {
  /** For the one who writes: begins to follow, if the file shows nothing that is not here. */
  follow(): void;
  /** Quick: what the file showed that is not here, when it was to be followed. A file that is missing, or is none, shows nothing. */
  shown(): Broken | undefined;
  /** Reads the file; what it gives holds that, and the digest over the sealed rows, against the rows. */
  read(): () => Broken | undefined;
  /** Under the newest key, on the disk when it returns: before the key that the disk may still have it under is erased. */
  renew(): void;
  /** After an enrolment: what was lost before is told by the centre, which closes the epoch before. */
  beginAnew(): void;
  /** Writes what has not been written yet. */
  flush(): void;
}

interface Parts {
  readonly file: TailFile;
  readonly sealing: Sealing;
  readonly records: Pick<RecordRows, 'hashAt'>;
  readonly identities: Pick<Identities, 'epochs'>;
  readonly tables: Pick<Tables, 'settings'>;
  /** False: for reading only. */
  readonly keeping: boolean;
}

/** What a file says against what is here. */
function compare(told: End, here: End, { hashAt }: Parts['records']): Broken | undefined {
  if (told.place > here.place) {
    const epoch = epochOf(told.place);
    const first = epochOf(here.place) === epoch ? sequenceOf(here.place) + 1 : 1;
    const last = sequenceOf(told.place);
    return badRecord(
      epoch,
      first,
      'truncated',
      `and those after it are missing, up to ${last}, which were written here`,
    );
  }
  const table = NUMBERED_TABLES.find((_, at) => (told.given[at] ?? 0) > (here.given[at] ?? 0));
  if (table !== undefined) return badRow('missing', `The newest rows of ${table} are missing`);
  if (told.settings > here.settings) return badRow('missing', 'A setting is missing');
  const hash = told.place === 0 ? undefined : hashAt(told.place);
  if (hash !== undefined && toHex(hash) !== told.hash)
    return badRecord(epochOf(told.place), sequenceOf(told.place), 'changed', 'is another one than was written here');
  if ((told.changes ?? 0) <= (here.changes ?? 0)) return undefined;
  const of = 'a setting, the list that holds, what was spent, a payment, a reversal, a batch or a close';
  return badRow('changed', `A row (${of}) has been put back as it once was, or is missing`);
}

type Unknown<T> = { readonly [K in keyof T]?: unknown };

/** Whoever wrote it: has it what belongs to it, and nothing that is no text or number? */
function isTagged(read: Unknown<End & { tag: string }>): read is End & { tag: string } {
  const { place, hash, given, settings, changes = 0, tag } = read;
  // With more of them than there are, the same tag would be one over other values.
  const known = Array.isArray(given) && given.length <= NUMBERED_TABLES.length;
  const numbers = known ? [place, settings, changes, ...given] : [undefined];
  return [hash, tag].every((text) => typeof text === 'string') && numbers.every((one) => typeof one === 'number');
}

interface LastRecord {
  readonly place: Place;
  readonly hash: Uint8Array;
}

const TAIL = 'tail';
/** The setting with what an opening has missed; not counted, or it would make up for another one. */
const MISSED = 'end-missing';
/** Another process may be writing it. */
const ATTEMPTS = 5;

/** Reads where the queue ends. */
function endOf(db: Database) {
  const lastRecord = db.prepare<LastRecord>('select place, hash from records order by place desc limit 1');
  const lastArchived = db.prepare<LastRecord>(
    'select last_place as place, hash_at as hash from archives order by number desc limit 1',
  );
  const sequences = db.prepare<{ name: string; seq: number }>('select name, seq from sqlite_sequence');
  const settings = db.prepare<{ count: number }>(`select count(*) as count from settings where name <> '${MISSED}'`);
  const countSettings = (): number => settings.get()?.count ?? 0;
  const changes = db.prepare<{ sum: number }>(
    `select sum(changes) as sum from (${COUNTED.map((table) => `select sum(changes) as changes from ${table} where ${IS_COUNT}`).join(' union all ')})`,
  );
  const countChanges = (): number => changes.get()?.sum ?? 0;
  /** The sum reads every row: 0.4 s of CPU for a million payments, too little for an index that every commit would write. */
  const now = (settingsHere = countSettings(), changesHere = countChanges()): Here => {
    const { place = 0, hash } = lastRecord.get() ?? lastArchived.get() ?? {};
    const given = new Map(sequences.all().map(({ name, seq }) => [name, seq]));
    return {
      place,
      hash: toHex(hash ?? new Uint8Array()),
      given: NUMBERED_TABLES.map((table) => given.get(table) ?? 0),
      settings: settingsHere,
      changes: changesHere,
    };
  };
  return { now, countSettings };
}

/** `another`: that of another queue. `none`: nothing that was ever such a file. */
type Told = End | 'missing' | 'another' | 'none';

/** The text of the file, with its tag. */
function textForm(sealing: Sealing) {
  const tagOf = ({ place, hash, given, settings: count, changes }: End) =>
    changes === undefined ? [place, hash, ...given, count] : [place, hash, ...given, count, changes];
  const textOf = (end: End): string => JSON.stringify({ ...end, tag: toHex(sealing.tag(TAIL, tagOf(end))) });
  const parse = (text: string): End | 'another' | 'none' => {
    const read = readJson<Unknown<End & { tag: string }>>(text, {});
    if (!isTagged(read)) return 'none';
    const { tag, ...end } = read;
    return sealing.holds(parseHex(tag) ?? new Uint8Array(), TAIL, tagOf(end)) ? end : 'another';
  };
  return { textOf, parse };
}

/**
 * Begins to write after each commit. What it gives writes what has not been written yet.
 * @param before what the rows counted when this was opened
 */
function followEnd(
  db: Database,
  before: number,
  parts: { readonly file: TailFile; readonly textOf: (end: End) => string } & ReturnType<typeof endOf>,
): () => void {
  const { file, textOf, now, countSettings } = parts;
  // Counted anew only when there is another: they grow in number with each close, and a sale waits for this.
  let known = countSettings();
  let behind = false;
  const write = (): void => {
    behind = false;
    file.overwrite(textOf(now(known, before + db.changes)));
  };
  const flush = (): void => {
    try {
      if (behind) write();
    } catch {
      // What is committed is committed; the next one tells of it.
    }
  };
  db.onEndMoved((by) => {
    if (by === 'setting') known = countSettings();
    if (by !== 'change') return write();
    // Where rows have only changed, many commits share one writing, and none waits for it.
    if (!behind) setImmediate(flush);
    behind = true;
  });
  write();
  return flush;
}

/** Rows that come later could make up for what counts those that are gone: what was found missing once stays found. */
function missedEnd(db: Database, tables: Parts['tables']) {
  const row = () => tables.settings.get(MISSED);
  return {
    found(): Broken | undefined {
      const kept = row();
      const sound = kept !== undefined && tables.settings.holds(kept);
      return sound ? (readJson<Broken | null>(kept.value, null) ?? undefined) : undefined;
    },
    /** @param fault undefined: nothing any more */
    keep(fault?: Broken): void {
      const value = fault === undefined ? '' : JSON.stringify(fault);
      if ((row()?.value ?? '') !== value) db.transaction(() => putSetting(db, tables, MISSED, value));
    },
  };
}

export function tail(db: Database, { file, tables, sealing, records, identities, keeping }: Parts): Tail {
  const sealed = sealedRows(db, tables, keeping);
  const end = endOf(db);
  const { now } = end;
  const missed = missedEnd(db, tables);
  /** Is there anything that could be missing? */
  const enrolled = (): boolean => identities.epochs().length > 0;
  let following = false;
  let shown: Broken | undefined;
  const { textOf, parse } = textForm(sealing);
  const told = (): Told => {
    for (let attempt = 1; ; attempt++) {
      const text = file.read();
      if (text === undefined) return 'missing';
      const end = parse(text);
      if (typeof end === 'object' || attempt === ATTEMPTS) return end;
    }
  };
  const check = (end: Told, here: () => End): Broken | undefined => {
    if (!enrolled())
      return end === 'another'
        ? badRow('missing', 'The queue is new, and the file beside it (.tail) is of one that was here before')
        : undefined;
    if (end === 'missing')
      return badRow('missing', 'The file beside the queue that follows its end (.tail) is missing');
    if (typeof end !== 'object')
      return badRow('changed', 'The file beside the queue that follows its end (.tail) is not of it');
    return compare(end, here(), records);
  };
  // The version before this one said by a row of `keys` that there is a file.
  const hasHad = (): boolean => sealed.hasBegun() || keyRows(db).get(TAIL) !== undefined;
  let flush = (): void => {};
  /** @param here read since the last commit */
  const begin = (here: Here): void => {
    const before = here.changes - db.changes;
    db.counting = true;
    if (!sealed.hasBegun()) db.transaction(() => sealed.begin());
    following = true;
    shown = undefined;
    flush = followEnd(db, before, { file, textOf, ...end });
  };
  return {
    follow() {
      const end = told();
      const here = now();
      // A queue in which nothing was yet, or one of an earlier version, has no file of its own. Beside an empty one, that of another
      // queue says that this one has taken the place of one that is lost.
      const without = typeof end !== 'object' && !(enrolled() ? hasHad() : end === 'another');
      if (without) file.make(textOf(here));
      else {
        const before = missed.found();
        const fault = check(end, () => here) ?? before;
        if (before !== undefined || typeof end === 'object' || !enrolled()) shown = fault;
        if (fault !== undefined) {
          db.counting = shown === undefined;
          if (shown !== undefined && enrolled()) missed.keep(shown);
          return;
        }
      }
      begin(here);
    },
    shown: () => shown,
    read() {
      const end = told();
      return () => sealed.check() ?? check(end, now) ?? missed.found();
    },
    renew() {
      const end = following ? now() : told();
      if (typeof end === 'object') file.make(textOf(end));
    },
    beginAnew() {
      try {
        if (sealed.check() !== undefined) db.transaction(() => sealed.begin());
        if (following) return;
        missed.keep();
        const here = now();
        file.make(textOf(here));
        begin(here);
      } catch {
        // The enrolment is committed; at the next opening the file is looked at again.
      }
    },
    flush: () => flush(),
  };
}
