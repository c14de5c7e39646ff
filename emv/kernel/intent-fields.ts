import { concat, type Fen, isFen, readUint, uintBytes } from '../values/index.ts';
import { MAX_RECORDS } from './bounds.ts';
import type { ReadRecord } from './intent.ts';

/** Fields of any length stand behind two bytes that give it; an absent one has none. */
export const field = (bytes: Uint8Array): Uint8Array => concat(uintBytes(bytes.length, 2), bytes);
export const text = (value: string): Uint8Array => field(new TextEncoder().encode(value));
export const amount = (value: number | undefined): Uint8Array =>
  field(value === undefined ? new Uint8Array() : uintBytes(value, 6));

/** Number of records 1; of each SFI 1, number 1, data behind their length. */
export const records = (list: readonly ReadRecord[]): Uint8Array =>
  concat(
    uintBytes(list.length, 1),
    ...list.flatMap(({ sfi, record, data }) => [Uint8Array.of(sfi, record), field(data)]),
  );

/** Takes bytes from the front; once something is missing, everything after it is missing as well. */
export class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array | undefined {
    const from = this.#at;
    this.#at += length;
    return this.#at <= this.#bytes.length ? this.#bytes.slice(from, this.#at) : undefined;
  }

  field(): Uint8Array | undefined {
    const length = this.take(2);
    return length && this.take(readUint(length));
  }

  uint(length: number): number | undefined {
    const bytes = this.field();
    return bytes?.length === length ? readUint(bytes) : undefined;
  }

  /** The same, or an empty field; undefined when it is neither. */
  optionalUint(length: number): { readonly value: number | undefined } | undefined {
    const bytes = this.field();
    if (bytes?.length === 0) return { value: undefined };
    return bytes?.length === length ? { value: readUint(bytes) } : undefined;
  }

  text(): string | undefined {
    const bytes = this.field();
    return bytes && new TextDecoder().decode(bytes);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

export function readRecords(cursor: Cursor): readonly ReadRecord[] | undefined {
  const count = cursor.take(1)?.[0];
  if (count === undefined || count > MAX_RECORDS) return undefined;
  const records: ReadRecord[] = [];
  for (let left = count; left > 0; left--) {
    const [sfi = 0, record = 0] = cursor.take(2) ?? [];
    const data = cursor.field();
    if (data === undefined) return undefined;
    records.push({ sfi, record, data });
  }
  return records;
}

/** An amount: empty, or six bytes. */
export function readAmount(cursor: Cursor): { readonly value: Fen | undefined } | undefined {
  const read = cursor.optionalUint(6);
  if (read?.value === undefined) return read && { value: undefined };
  return isFen(read.value) ? { value: read.value } : undefined;
}
