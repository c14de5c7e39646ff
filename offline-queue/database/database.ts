import { existsSync, statSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { guarded, QueueError, type QueueErrorCode, translated } from './errors.ts';
import { watchInPlace } from './in-place.ts';
import { makeFile, requireFile } from './make-file.ts';
import { migrate, putMarksBack, refuseAdded, refuseForeign, requireCurrentSchema } from './migrations.ts';
import { reserveJournal } from './reserve-journal.ts';
import { rewriteJournal } from './rewrite-journal.ts';

export type Value = string | number | null | Uint8Array;

/** The driver gives Buffers; outside this room bytes are bytes. The same memory. */
export const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** A prepared statement whose failures are QueueErrors. */
export interface Statement<Row> {
  run(...values: readonly Value[]): { readonly changes: number };
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): Row[];
  iterate(...values: readonly Value[]): Iterable<Row>;
}

/** How long a writer waits for another one before it reports `busy`. */
const BUSY_TIMEOUT_MS = 2_000;

/** PRAGMA synchronous: 2 is FULL, so that a commit has reached the disk when it returns. */
const FULL = 2;

/** What a transaction has appended; a new setting among it counts. `change`: nothing, but rows are others than before. */
type EndMoved = 'row' | 'setting' | 'change';

/** What is written after these may be nowhere. */
const DISTRUSTED: readonly QueueErrorCode[] = ['sync-failed', 'moved'];

export type Distrusted = (error: QueueError) => void;

/** One connection to the queue file. */
export class Database {
  readonly #connection: BetterSqlite.Database;
  readonly #onDistrusted: Distrusted;
  /** Prepared once: a commit takes less time than the text of three statements to read. */
  readonly #steps: Readonly<Record<'begin' | 'look' | 'commit' | 'rollback', BetterSqlite.Statement>>;
  #durabilitySeen = false;
  #endMoved: EndMoved | undefined;
  #onEndMoved = (_by: EndMoved): void => {};
  #onKeysChange = (): (() => void) => () => {};
  #afterKeys: (() => void) | undefined;
  #changes = 0;
  #changesUnderWay = 0;
  #distrusted: QueueError | undefined;
  readonly #movedFile: () => string | undefined;

  /** @param onDistrusted called once, when the disk has failed to confirm a commit, or a file is no longer in its place */
  constructor(connection: BetterSqlite.Database, onDistrusted: Distrusted = () => {}) {
    this.#connection = connection;
    this.#movedFile = watchInPlace(connection.name);
    this.#steps = {
      begin: connection.prepare('begin immediate'),
      look: connection.prepare('begin'),
      commit: connection.prepare('commit'),
      rollback: connection.prepare('rollback'),
    };
    this.#onDistrusted = onDistrusted;
  }

  /** Of the transaction under way: it gives a number, or appends. */
  moveEnd(by: EndMoved = 'row'): void {
    if (this.#endMoved !== 'setting') this.#endMoved = by;
  }

  /** @param listener called once such a transaction is durable; what it throws is its own affair */
  onEndMoved(listener: (by: EndMoved) => void): void {
    this.#onEndMoved = listener;
  }

  /** False where rows are missing: what is changed then must not make up for them. */
  counting = true;

  /** By how much the count of a tagged row grows that is written now. */
  get changeStep(): 0 | 1 {
    return this.counting ? 1 : 0;
  }

  /** Of the transaction under way: it has written a tagged row. */
  countChange(): void {
    this.#changesUnderWay += this.changeStep;
  }

  /** What committed transactions have added to the counts of rows since this was opened. */
  get changes(): number {
    return this.#changes;
  }

  /** Of the transaction under way: it is about to change a key or an identity. */
  changeKeys(): void {
    this.#afterKeys ??= this.#onKeysChange();
  }

  /** @param listener called within each such transaction, before the first change; what it gives is called at the end */
  onKeysChange(listener: () => () => void): void {
    this.#onKeysChange = listener;
  }

  /** The database file. */
  get path(): string {
    return this.#connection.name;
  }

  prepare<Row>(sql: string): Statement<Row> {
    const statement = guarded(() => this.#connection.prepare<Value[], Row>(sql));
    return {
      run: (...values) => guarded(() => statement.run(...values)),
      get: (...values) => guarded(() => statement.get(...values)),
      all: (...values) => guarded(() => statement.all(...values)),
      iterate: (...values) => guardedRows(guarded(() => statement.iterate(...values))),
    };
  }

  /**
   * All or nothing, durable when it returns; within another transaction it is part of that one. Once the disk has failed to
   * confirm a commit, or a file was deleted or replaced, nothing is written through this connection any more: throws QueueError
   * `sync-failed` or `moved`.
   */
  transaction<T>(work: () => T): T {
    if (this.#connection.inTransaction) return work();
    if (this.#distrusted !== undefined) throw this.#distrusted;
    let result: T;
    try {
      this.#begin();
      result = work();
      this.#afterKeys?.();
      this.#requireInPlace();
      this.#steps.commit.run();
    } catch (error) {
      throw this.#failed(error);
    }
    this.#changes += this.#changesUnderWay;
    if (!this.#durabilitySeen) requireDurability(this.#connection);
    this.#durabilitySeen = true;
    if (this.#endMoved !== undefined) this.#tellOfEnd(this.#endMoved);
    else if (this.#changesUnderWay > 0) this.#tellOfEnd('change');
    return result;
  }

  #requireInPlace(): void {
    const moved = this.#movedFile();
    if (moved !== undefined) throw new QueueError('moved', moved);
  }

  #begin(): void {
    this.#steps.begin.run();
    this.#endMoved = undefined;
    this.#afterKeys = undefined;
    this.#changesUnderWay = 0;
  }

  /** What is committed is committed. */
  #tellOfEnd(by: EndMoved): void {
    try {
      this.#onEndMoved(by);
    } catch {}
  }

  /** Reads that all see the same moment, whatever another process writes meanwhile. */
  snapshot<T>(work: () => T): T {
    if (this.#connection.inTransaction) return work();
    try {
      this.#steps.look.run();
      const result = work();
      this.#steps.rollback.run();
      return result;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Ends what is under way; after this, nothing is written any more once the disk has failed to confirm it, or writes elsewhere. */
  #failed(cause: unknown): unknown {
    const error = translated(cause);
    if (error instanceof QueueError && DISTRUSTED.includes(error.code)) this.#distrust(error);
    // A full disk may have made SQLite roll back by itself.
    if (this.#connection.inTransaction) guarded(() => this.#steps.rollback.run());
    return error;
  }

  #distrust(error: QueueError): void {
    if (this.#distrusted !== undefined) return;
    this.#distrusted = error;
    this.#onDistrusted(error);
  }

  /** Copies the write-ahead log into the file and cuts it to nothing; false while a reader still needs it. Throws as `transaction`. */
  emptyLog(): boolean {
    if (this.#distrusted !== undefined) throw this.#distrusted;
    try {
      // Payments do not wait for a reader.
      this.#connection.pragma('busy_timeout = 0');
      try {
        const [result] = this.#connection.pragma('wal_checkpoint(truncate)') as readonly { busy: number }[];
        if (result?.busy !== 0) return false;
        reserveJournal(this.path);
        return true;
      } finally {
        this.#connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      }
    } catch (error) {
      throw this.#failed(error);
    }
  }

  close(): void {
    guarded(() => this.#connection.close());
  }
}

function* guardedRows<Row>(rows: IterableIterator<Row>): Generator<Row> {
  try {
    for (let next = guarded(() => rows.next()); !next.done; next = guarded(() => rows.next())) yield next.value;
  } finally {
    rows.return?.();
  }
}

/**
 * Opens for writing, makes the file when there is none, brings its schema up to date. The caller holds the writer's lock.
 * With `existing` it begins no new queue: throws QueueError as `openDatabaseReadOnly` where there is none.
 */
export function openDatabase(
  path: string,
  options: { readonly maxPages?: number; readonly onDistrusted?: Distrusted; readonly existing?: boolean } = {},
): Database {
  refuseRetiring(path);
  if (options.existing) requireExisting(path);
  makeFile(path);
  requireFiles(path);
  refuseLogAlone(path);
  const prepare = (connection: BetterSqlite.Database): void => {
    refuseForeign(connection);
    if (connection.pragma('journal_mode = wal', { simple: true }) !== 'wal')
      throw new QueueError('cannot-open', 'no WAL');
    // The WAL default of this build is NORMAL, which loses commits when the power goes.
    connection.pragma('synchronous = full');
    requireDurability(connection);
    requireErasure(connection);
    connection.transaction(() => rewriteJournal(path)).immediate();
    refuseAdded(connection);
    putMarksBack(connection);
    migrate(connection);
    if (options.maxPages !== undefined) connection.pragma(`max_page_count = ${options.maxPages}`);
  };
  return opened(path, { readonly: false, onDistrusted: options.onDistrusted }, prepare);
}

/** Where the files of a queue lie together while it is taken out of service. */
export const retiringFolder = (path: string): string => `${path}.retiring`;

/** Some of its files are elsewhere by now: what was begun in their place would stand among what is left. */
function refuseRetiring(path: string): void {
  const folder = retiringFolder(path);
  if (existsSync(folder)) throw new QueueError('retiring', folder);
}

/** The database, and what SQLite keeps beside it, or looks for there: a queue leaves no rollback journal. */
function requireFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) requireFile(`${path}${suffix}`);
}

const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** SQLite deletes the log of a file that is not there, and with it what was committed last. */
function refuseLogAlone(path: string): void {
  if (bytesOf(path) > 0 || bytesOf(`${path}-wal`) === 0) return;
  const remedy = 'put the file back beside it, or move the log to a safe place and call support';
  throw new QueueError('cannot-open', `the file is gone, and its log ${path}-wal is there: ${remedy}`);
}

/** Throws QueueError `cannot-open` where there is no file, `empty` where nothing is in it. */
function requireExisting(path: string): void {
  if (!existsSync(path)) throw new QueueError('cannot-open', `there is no ${path}`);
  requireFiles(path);
  // Also one that only reads would delete the log.
  if (bytesOf(path) === 0) throw new QueueError('empty', path);
}

/** Opens for reading beside a running agent. */
export function openDatabaseReadOnly(path: string): Database {
  refuseRetiring(path);
  requireExisting(path);
  return opened(path, { readonly: true }, requireCurrentSchema);
}

function opened(
  path: string,
  { readonly, onDistrusted }: { readonly readonly: boolean; readonly onDistrusted?: Distrusted | undefined },
  prepare: (connection: BetterSqlite.Database) => void,
): Database {
  const connection = guarded(() => new BetterSqlite(path, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS }));
  try {
    guarded(() => {
      connection.pragma('foreign_keys = on');
      connection.pragma('temp_store = memory');
      connection.pragma('trusted_schema = off');
      prepare(connection);
    });
    return new Database(connection, onDistrusted);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What is deleted is overwritten in the file, and nothing of a sort or a temporary table gets onto the disk. */
function requireErasure(connection: BetterSqlite.Database): void {
  const [ON, MEMORY] = [1, 2];
  const deletes = connection.pragma('secure_delete = on', { simple: true });
  const sorts = connection.pragma('temp_store', { simple: true });
  if (deletes !== ON || sorts !== MEMORY)
    throw new QueueError('not-erasing', `secure_delete is ${String(deletes)}, temp_store ${String(sorts)}`);
}

function requireDurability(connection: BetterSqlite.Database): void {
  const level = connection.pragma('synchronous', { simple: true });
  if (level !== FULL) throw new QueueError('not-durable', `synchronous is ${String(level)}`);
}
