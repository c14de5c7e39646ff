import { hex, toHex } from '../../../emv/values/index.ts';
import type { BatchRecord } from '../../contract/batch.ts';
import { chainHash, parseRecord, type Record } from '../../contract/record/index.ts';

/** A record of a batch in its place in the chain. */
export interface ChainedRecord {
  readonly sequence: number;
  /** What the chain covers; of an unreadable row, whatever the terminal found. */
  readonly bytes: Uint8Array;
  /** Chain hash at this record, hex. */
  readonly hash: string;
  readonly sealedPan?: string;
  /** Absent when the bytes are no canonical record. */
  readonly record?: Record;
}

/**
 * Puts records into the chain behind `previous` (chain hash, hex). Of a row that the terminal could not read, its stored hash
 * is taken for what it is: the seal covers the head that follows from it, so it cannot be invented afterwards.
 */
export function chainRecords(
  previous: string,
  firstSequence: number,
  records: readonly BatchRecord[],
): readonly ChainedRecord[] {
  const chained: ChainedRecord[] = [];
  let head = hex(previous);
  for (const [at, sent] of records.entries()) {
    const next = place(head, firstSequence + at, sent);
    chained.push(next);
    head = hex(next.hash);
  }
  return chained;
}

function place(previous: Uint8Array, sequence: number, sent: BatchRecord): ChainedRecord {
  if ('unreadable' in sent) return { sequence, bytes: hex(sent.unreadable), hash: sent.chainHash };
  const bytes = new TextEncoder().encode(sent.canonical);
  const parsed = parseRecord(bytes);
  return {
    sequence,
    bytes,
    hash: toHex(chainHash(previous, bytes)),
    ...(sent.sealedPan !== undefined && { sealedPan: sent.sealedPan }),
    ...(parsed.kind === 'record' && { record: parsed.record }),
  };
}
