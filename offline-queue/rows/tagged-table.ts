import type { Database, Statement, Value } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import type { Sealing } from '../keys/sealing.ts';

/** A row as it lies in its table: its values, how often it was written, and the tag over them. */
export type Tagged<Row> = Row & {
  /** From 1, one more with each change; 0: last written by an earlier version. */
  readonly changes: number;
  readonly tag: Uint8Array;
};

type Counted<Row> = Row & Pick<Tagged<unknown>, 'changes'>;

type Values<Row> = { readonly [K in keyof Row]: Value };

/** The first is the key. */
type Columns<Row> = readonly [keyof Row & string, ...(keyof Row & string)[]];

const MOST_CHANGES = 0xffff_ffff;
/** SQL: a count that a queue may have written. Another one counts as none: sums, and the next number, would leave what SQLite can hold. */
export const IS_COUNT = `changes between 0 and ${MOST_CHANGES}`;
const asCount = (changes: number): number => (changes >= 0 && changes <= MOST_CHANGES ? changes : 0);

/** So many rows that were written last are known again without a hash. */
const ROWS_KNOWN = 64;

/**
 * A table whose rows carry a tag over all their columns. A row whose tag does not hold keeps a wrong one when the queue
 * changes it: `verify` goes on naming it, and the payment goes on.
 */
export class TaggedTable<Row extends Values<Row>> {
  readonly name: string;
  /** The key first, then every other column, in the order of the tag. */
  readonly columns: Columns<Row>;
  readonly #sealing: Sealing;
  readonly #select: Statement<Tagged<Row>>;
  readonly #insert: Statement<never>;
  /** By what finds the row and the columns that they change: an index over any other one is not touched. */
  readonly #updates = new Map<string, Statement<never>>();
  /** By their keys, the one written last at the end; with a tag that was made here. */
  readonly #written = new Map<Value, Tagged<Row>>();
  readonly #db: Database;
  readonly #all: Statement<Tagged<Row>>;
  readonly #first: Statement<Tagged<Row>>;
  readonly #after: Statement<Tagged<Row>>;

  constructor(db: Database, sealing: Sealing, name: string, columns: Columns<Row>) {
    this.name = name;
    this.columns = columns;
    this.#sealing = sealing;
    this.#db = db;
    const [key] = columns;
    this.#select = db.prepare(`select * from ${name} where ${key} = ?`);
    this.#all = db.prepare(`select * from ${name} order by ${key}`);
    this.#first = db.prepare(`select * from ${name} order by ${key} limit ?`);
    this.#after = db.prepare(`select * from ${name} where ${key} > ? order by ${key} limit ?`);
    this.#insert = db.prepare(
      `insert into ${name} (${columns.join(', ')}, changes, tag) values (${'?, '.repeat(columns.length)}?, ?)`,
    );
  }

  get(key: Value): Tagged<Row> | undefined {
    return this.#select.get(key);
  }

  all(): Iterable<Tagged<Row>> {
    return this.#all.iterate();
  }

  /** @param carried counts of rows that are deleted in the same transaction: the sum over all rows only ever grows */
  insert(row: Row, carried = 0): Tagged<Row> {
    const written = { ...row, changes: this.#db.changeStep + asCount(carried) };
    const tag = this.#tag(written);
    this.#insert.run(...this.#values(row), written.changes, tag);
    this.#db.countChange();
    return this.#know({ ...written, tag });
  }

  /** Changes a row that was read in this transaction. `carried` as for `insert`. */
  update(row: Tagged<Row>, change: Partial<Row>, carried = 0): Tagged<Row> {
    const sound = this.holds(row);
    const changed = this.#changed(row, change, carried);
    const tagged = { ...changed, tag: sound ? this.#tag(changed) : row.tag };
    const key = row[this.columns[0]];
    // Read a moment ago: another hand has given it a number that is none.
    if (!this.#write(row, tagged, [key])) throw new QueueError('bad-record', `${this.name} ${String(key)}`);
    return sound ? this.#know(tagged) : tagged;
  }

  /**
   * Changes a row by its key; undefined when there is none. One that was written here lately is not read before: the statement finds
   * it only if it is still as it was written.
   */
  change(key: Value, change: Partial<Row>): Tagged<Row> | undefined {
    const known = this.#written.get(key);
    if (known !== undefined) {
      const changed = this.#changed(known, change, 0);
      const tagged = { ...changed, tag: this.#tag(changed) };
      if (this.#write(known, tagged, [...this.#values(known), known.changes, known.tag])) return this.#know(tagged);
    }
    const row = this.get(key);
    return row && this.update(row, change);
  }

  #changed(row: Tagged<Row>, change: Partial<Row>, carried: number): Tagged<Row> {
    return { ...row, ...change, changes: asCount(row.changes) + this.#db.changeStep + asCount(carried) };
  }

  /** @param found by which the row is found: its key alone, or all that was written. False when there is no such row */
  #write(row: Tagged<Row>, changed: Tagged<Row>, found: readonly Value[]): boolean {
    const columns = this.columns.filter((column) => changed[column] !== row[column]);
    const values = columns.map((column): Value => changed[column]);
    const statement = this.#updating(columns, found.length);
    if (statement.run(...values, changed.changes, changed.tag, ...found).changes !== 1) return false;
    this.#db.countChange();
    return true;
  }

  /** One that its transaction does not commit in the end is never read again, and so never mistaken. */
  #know(row: Tagged<Row>): Tagged<Row> {
    const key = row[this.columns[0]];
    this.#written.delete(key);
    this.#written.set(key, row);
    if (this.#written.size > ROWS_KNOWN) this.#written.delete(this.#written.keys().next().value ?? null);
    return row;
  }

  #updating(columns: readonly string[], found: number): Statement<never> {
    const name = `${found} ${columns.join()}`;
    const known = this.#updates.get(name);
    if (known !== undefined) return known;
    const set = [...columns, 'changes', 'tag'].map((column) => `${column} = ?`).join(', ');
    const where = [...this.columns, 'changes', 'tag'].slice(0, found).map((column) => `${column} is ?`);
    const made = this.#db.prepare<never>(`update ${this.name} set ${set} where ${where.join(' and ')}`);
    this.#updates.set(name, made);
    return made;
  }

  /**
   * Tags the next rows anew that carry a tag of the data key before; within a transaction of a rotation.
   * @param after key of the last row of the page before
   * @param change what of a row is sealed anew with it
   * @returns the last key of this page, undefined when there is no row left
   */
  tagAnew(after: Value | undefined, limit: number, change?: (row: Row) => Partial<Row> | undefined): Value | undefined {
    const rows = after === undefined ? this.#first.all(limit) : this.#after.all(after, limit);
    for (const row of rows) {
      const changed = change?.(row);
      if (changed !== undefined || this.#isOld(row)) this.#updateIfSound(row, changed ?? {});
    }
    const last = rows.at(-1);
    const key = last && this.#values(last)[0];
    // A number beyond all that are exact comes back as its neighbour, for ever.
    return key === after ? undefined : key;
  }

  /** A row that another hand has made impossible stays as it is: a rotation does not stop at it. */
  #updateIfSound(row: Tagged<Row>, change: Partial<Row>): void {
    try {
      this.update(row, change);
    } catch (error) {
      if (!(error instanceof QueueError && error.code === 'bad-record')) throw error;
    }
  }

  #isOld(row: Tagged<Row>): boolean {
    return this.#sealing.old()?.holds(row.tag, this.name, this.#tagged(row)) ?? false;
  }

  /** Was the row last written by this queue? */
  holds(row: Tagged<Row>): boolean {
    const known = this.#written.get(row[this.columns[0]]);
    if (known !== undefined && this.#isSame(known, row)) return true;
    return this.#sealing.holds(row.tag, this.name, this.#tagged(row));
  }

  #isSame(known: Tagged<Row>, row: Tagged<Row>): boolean {
    const same = known.changes === row.changes && isSame(known.tag, row.tag);
    return same && this.columns.every((column) => isSame(known[column], row[column]));
  }

  #tag(row: Counted<Row>): Uint8Array {
    return this.#sealing.tag(this.name, this.#tagged(row));
  }

  /** An earlier version counted no changes. */
  #tagged(row: Counted<Row>): readonly Value[] {
    const values = this.#values(row);
    if (row.changes !== 0) values.push(row.changes);
    return values;
  }

  #values(row: Row): Value[] {
    return this.columns.map((column) => row[column]);
  }
}

const isSame = (a: Value, b: Value): boolean =>
  a === b || (a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0);
