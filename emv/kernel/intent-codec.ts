import { concat, isFen, Pan, readUint, uintBytes } from '../values/index.ts';
import { MAX_RECORDS } from './bounds.ts';
import type { Intent, ReadRecord } from './intent.ts';

/** First byte of an encoded intent. A later layout gets another number; this one stays readable. */
const VERSION = 1;
/** Above any intent that the kernel's own bounds allow. */
const MAX_INTENT_BYTES = 16_384;

/** Fields of any length stand behind two bytes that give it; an absent one has none. */
const field = (bytes: Uint8Array): Uint8Array => concat(uintBytes(bytes.length, 2), bytes);
const text = (value: string): Uint8Array => field(new TextEncoder().encode(value));
const amount = (value: number | undefined): Uint8Array =>
  field(value === undefined ? new Uint8Array() : uintBytes(value, 6));

/**
 * An intent as bytes, to be sealed before they reach the disk: they hold the PAN. Layout 1: version 1; AID, label (UTF-8),
 * PAN (ASCII digits), PAN sequence, amount 6, ATC 2, balance before 6 or empty, FCI, PDOL values, GPO answer, AFL, each
 * behind its length; number of records 1; of each record SFI 1, number 1, data behind their length.
 */
export function encodeIntent(intent: Intent): Uint8Array {
  return concat(
    Uint8Array.of(VERSION),
    field(intent.aid),
    text(intent.label),
    text(intent.pan.reveal()),
    field(uintBytes(intent.panSequence, 1)),
    amount(intent.amount),
    field(uintBytes(intent.atc, 2)),
    amount(intent.balanceBefore),
    field(intent.fci),
    field(intent.pdolValues),
    field(intent.gpoAnswer),
    field(intent.afl),
    uintBytes(intent.records.length, 1),
    ...intent.records.flatMap(({ sfi, record, data }) => [Uint8Array.of(sfi, record), field(data)]),
  );
}

/** Takes bytes from the front; once something is missing, everything after it is missing as well. */
class Cursor {
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

  text(): string | undefined {
    const bytes = this.field();
    return bytes && new TextDecoder().decode(bytes);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

function readRecords(cursor: Cursor): readonly ReadRecord[] | undefined {
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

/** Empty, or six bytes. */
function readBalance(cursor: Cursor): { readonly value: number | undefined } | undefined {
  const bytes = cursor.field();
  if (bytes?.length === 0) return { value: undefined };
  return bytes?.length === 6 ? { value: readUint(bytes) } : undefined;
}

/** Reads what `encodeIntent` wrote; undefined for anything else. Never throws. */
export function decodeIntent(bytes: Uint8Array): Intent | undefined {
  if (bytes[0] !== VERSION || bytes.length > MAX_INTENT_BYTES) return undefined;
  const cursor = new Cursor(bytes.subarray(1));
  const aid = cursor.field();
  const label = cursor.text();
  const pan = Pan.parse(cursor.text() ?? '');
  const panSequence = cursor.uint(1);
  const sum = cursor.uint(6);
  const atc = cursor.uint(2);
  const balance = readBalance(cursor);
  const fci = cursor.field();
  const pdolValues = cursor.field();
  const gpoAnswer = cursor.field();
  const afl = cursor.field();
  const records = readRecords(cursor);
  if (!cursor.atEnd || aid === undefined || label === undefined || pan === undefined) return undefined;
  if (panSequence === undefined || atc === undefined || balance === undefined || sum === undefined) return undefined;
  if (!fci || !pdolValues || !gpoAnswer || !afl || !records || !isFen(sum)) return undefined;
  const { value: balanceBefore } = balance;
  if (balanceBefore !== undefined && !isFen(balanceBefore)) return undefined;
  return {
    path: 'qpboc',
    aid,
    label,
    pan,
    panSequence,
    amount: sum,
    atc,
    ...(balanceBefore !== undefined && { balanceBefore }),
    fci,
    pdolValues,
    gpoAnswer,
    afl,
    records,
  };
}
