import { gunzipSync, gzipSync } from 'node:zlib';
import { parseHex, toHex } from '../../emv/values/index.ts';
import type { Place } from '../database/place.ts';
import type { StoredBatch } from '../interface/queue.ts';
import type { PaymentRow, ReversalRow } from '../rows/tables.ts';

/** A record as its file keeps it: its PAN stays behind, since the centre has it. */
export interface ArchivedRecord {
  readonly place: Place;
  /** As it lay in the queue, whatever it was. */
  readonly canonical: Uint8Array;
  readonly hash: Uint8Array;
}

type ArchivedReversal = Omit<ReversalRow, 'sealed'>;

/** What one file holds: whole batches, their records, and the payments and reversals that have ended with them. */
export interface ArchiveContent {
  /** From 1, without gaps. */
  readonly number: number;
  /** SM3 of the file before, 32 bytes; zeros before the first. */
  readonly previous: Uint8Array;
  readonly firstPlace: Place;
  readonly lastPlace: Place;
  /** Chain hash before the first record and at the last one. */
  readonly hashBefore: Uint8Array;
  readonly hashAt: Uint8Array;
  /** With seal, the host's acknowledgement and settlement. */
  readonly batches: readonly StoredBatch[];
  readonly records: readonly ArchivedRecord[];
  readonly payments: readonly PaymentRow[];
  readonly reversals: readonly ArchivedReversal[];
}

const FORM = 'jdpos-archive/1';
/** Five hundred records with their payments are about 1 MB. */
const MAX_CONTENT_BYTES = 256 * 1024 * 1024;

/** The bytes of a file: lines of JSON, compressed (gzip). The first line says what follows and where it belongs. */
export function encodeArchive(content: ArchiveContent): Uint8Array {
  const { number, previous, firstPlace, lastPlace, hashBefore, hashAt } = content;
  const { batches, records, payments, reversals } = content;
  const head = {
    form: FORM,
    ...{ number, firstPlace, lastPlace },
    ...{ previous: toHex(previous), hashBefore: toHex(hashBefore), hashAt: toHex(hashAt) },
    ...{ batches: batches.length, records: records.length, payments: payments.length, reversals: reversals.length },
  };
  const lines: readonly unknown[] = [head, ...batches, ...records.map(recordLine), ...payments, ...reversals];
  return gzipSync(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
}

// A character a byte, so that what is no text comes back as it was.
const recordLine = ({ place, canonical, hash }: ArchivedRecord) => [
  place,
  Buffer.from(canonical).toString('latin1'),
  toHex(hash),
];

/** Undefined when the bytes are no archive. */
export function decodeArchive(bytes: Uint8Array): ArchiveContent | undefined {
  try {
    const text = gunzipSync(bytes, { maxOutputLength: MAX_CONTENT_BYTES }).toString();
    return contentOf(text.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line))));
  } catch {
    return undefined;
  }
}

type Head = Pick<ArchiveContent, 'number' | 'firstPlace' | 'lastPlace'> & {
  readonly form: string;
  readonly previous: string;
  readonly hashBefore: string;
  readonly hashAt: string;
} & { readonly [of in 'batches' | 'records' | 'payments' | 'reversals']: number };

/** Whoever reads a file has compared its digest with the queue's row: what stands in it was written here. */
function contentOf([first, ...lines]: readonly unknown[]): ArchiveContent | undefined {
  const head = first as Head;
  const counted = head.batches + head.records + head.payments + head.reversals;
  if (head.form !== FORM || counted !== lines.length - 1) return undefined;
  let at = 0;
  const next = <T>(count: number): readonly T[] => {
    at += count;
    return lines.slice(at - count, at) as readonly T[];
  };
  return {
    number: head.number,
    firstPlace: head.firstPlace,
    lastPlace: head.lastPlace,
    previous: bytesOf(head.previous),
    hashBefore: bytesOf(head.hashBefore),
    hashAt: bytesOf(head.hashAt),
    batches: next<StoredBatch>(head.batches),
    records: next<readonly [number, string, string]>(head.records).map(([place, canonical, hash]) => ({
      place,
      canonical: new Uint8Array(Buffer.from(canonical, 'latin1')),
      hash: bytesOf(hash),
    })),
    payments: next<PaymentRow>(head.payments),
    reversals: next<ArchivedReversal>(head.reversals),
  };
}

const bytesOf = (text: string): Uint8Array => parseHex(text) ?? new Uint8Array();
