import { parseHex, toHex } from '../emv/values/index.ts';
import type { Database } from './database.ts';
import { type Broken, badRecord, badRow } from './faults.ts';
import { readJson } from './json.ts';
import { KEYS, keyRows } from './key-rows.ts';
import { NUMBERED_TABLES } from './numbering.ts';
import { epochOf, type Place, sequenceOf } from './place.ts';
import type { RecordRows } from './record-rows.ts';
import type { Sealing } from './sealing.ts';
import type { TailFile } from './tail-file.ts';

/** Where the queue ends: the newest record, its hash in hex, the numbers given, and how many settings there are. */
interface End {
  readonly place: Place;
  readonly hash: string;
  /** In the order of NUMBERED_TABLES. */
  readonly given: readonly number[];
  readonly settings: number;
}

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
  /** Reads the file; what it gives holds that against the rows. */
  read(): () => Broken | undefined;
  /** Under the newest key, on the disk when it returns: before the key that the disk may still have it under is erased. */
  renew(): void;
  /** After an enrolment: what was lost before is told by the centre, which closes the epoch before. */
  beginAnew(): void;
}

interface Parts {
  readonly file: TailFile;
  readonly sealing: Sealing;
  readonly records: Pick<RecordRows, 'hashAt'>;
  /** Is there anything that could be missing? */
  readonly enrolled: () => boolean;
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
  return hash === undefined || toHex(hash) === told.hash
    ? undefined
    : badRecord(epochOf(told.place), sequenceOf(told.place), 'changed', 'is another one than was written here');
}

type Unknown<T> = { readonly [K in keyof T]?: unknown };

/** Whoever wrote it: has it what belongs to it, and nothing that is no text or number? */
function isTagged(read: Unknown<End & { tag: string }>): read is End & { tag: string } {
  const { place, hash, given, settings, tag } = read;
  const numbers = Array.isArray(given) ? [place, settings, ...given] : [undefined];
  return [hash, tag].every((text) => typeof text === 'string') && numbers.every((one) => typeof one === 'number');
}

interface LastRecord {
  readonly place: Place;
  readonly hash: Uint8Array;
}

const TAIL = 'tail';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Another process may be writing it. */
const ATTEMPTS = 5;

/** Reads where the queue ends. */
function endOf(db: Database) {
  const lastRecord = db.prepare<LastRecord>('select place, hash from records order by place desc limit 1');
  const lastArchived = db.prepare<LastRecord>(
    'select last_place as place, hash_at as hash from archives order by number desc limit 1',
  );
  const sequences = db.prepare<{ name: string; seq: number }>('select name, seq from sqlite_sequence');
  const settings = db.prepare<{ count: number }>('select count(*) as count from settings');
  const countSettings = (): number => settings.get()?.count ?? 0;
  const now = (settingsHere = countSettings()): End => {
    const { place = 0, hash } = lastRecord.get() ?? lastArchived.get() ?? {};
    const given = new Map(sequences.all().map(({ name, seq }) => [name, seq]));
    return {
      place,
      hash: toHex(hash ?? new Uint8Array()),
      given: NUMBERED_TABLES.map((table) => given.get(table) ?? 0),
      settings: settingsHere,
    };
  };
  return { now, countSettings };
}

export function tail(db: Database, { file, sealing, records, enrolled }: Parts): Tail {
  const { now, countSettings } = endOf(db);
  // Says that there is a file, from when it is on the disk; sealed, so that a changed one shows.
  const rows = keyRows(db);
  let following = false;
  let shown: Broken | undefined;
  const tagOf = ({ place, hash, given, settings: count }: End) => [place, hash, ...given, count];
  const textOf = (end: End): string => JSON.stringify({ ...end, tag: toHex(sealing.tag(TAIL, tagOf(end))) });
  const parse = (text: string): End | undefined => {
    const read = readJson<Unknown<End & { tag: string }>>(text, {});
    if (!isTagged(read)) return undefined;
    const { tag, ...end } = read;
    return sealing.holds(parseHex(tag) ?? new Uint8Array(), TAIL, tagOf(end)) ? end : undefined;
  };
  const told = (): End | 'missing' | 'foreign' => {
    for (let attempt = 1; ; attempt++) {
      const text = file.read();
      if (text === undefined) return 'missing';
      const end = parse(text);
      if (end !== undefined || attempt === ATTEMPTS) return end ?? 'foreign';
    }
  };
  const check = (end: ReturnType<typeof told>): Broken | undefined => {
    if (!enrolled()) return undefined;
    if (end === 'missing')
      return badRow('missing', 'The file beside the queue that follows its end (.tail) is missing');
    if (end === 'foreign')
      return badRow('changed', 'The file beside the queue that follows its end (.tail) is not of it');
    return compare(end, now(), records);
  };
  const hasHad = (): boolean => rows.get(TAIL) !== undefined;
  const begin = (): void => {
    if (!hasHad()) db.transaction(() => rows.put(TAIL, sealing.seal(KEYS, TAIL, utf8(TAIL))));
    following = true;
    shown = undefined;
    // Counted anew only when there is another: they grow in number with each close, and a sale waits for this.
    let known = countSettings();
    db.onEndMoved((by) => {
      if (by === 'setting') known = countSettings();
      file.overwrite(textOf(now(known)));
    });
  };
  return {
    follow() {
      const end = told();
      // A queue in which nothing was yet, or one of an earlier version, has no file of its own.
      const without = typeof end !== 'object' && !(hasHad() && enrolled());
      if (without) file.make(textOf(now()));
      else {
        const fault = check(end);
        if (typeof end === 'object') shown = fault;
        if (fault !== undefined) return;
        file.overwrite(textOf(now()));
      }
      begin();
    },
    shown: () => shown,
    read() {
      const end = told();
      return () => check(end);
    },
    renew() {
      const end = following ? now() : told();
      if (typeof end === 'object') file.make(textOf(end));
    },
    beginAnew() {
      if (following) return;
      try {
        file.make(textOf(now()));
        begin();
      } catch {
        // The enrolment is committed; at the next opening the file is looked at again.
      }
    },
  };
}
