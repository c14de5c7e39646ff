import { readRecord } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { parseTlv, type Tlv } from '../tlv/index.ts';
import { parseCompressedNumeric, parseDate } from '../values/index.ts';
import type { RecordAddress } from './afl.ts';
import { MAX_RECORD_BYTES } from './bounds.ts';
import { declined, type Ended, TORN } from './ending.ts';
import { panSequenceOf } from './gpo-answer.ts';
import type { ReadRecord } from './intent.ts';
import type { DeclineReason } from './outcome.ts';
import type { Step } from './requests.ts';
import { type Exchanged, hasExpired, type Tap } from './tap.ts';
import { SUCCESS, transceive } from './transceive.ts';

/** Reads records one after another (JR/T 0025.12-2013 §7.7; EMV Book 3, §10.2); what they hold is judged by `takeRecord`. */
export function* readApplicationData(
  addresses: readonly RecordAddress[],
): Step<{ kind: 'read'; records: readonly ReadRecord[] } | Ended> {
  const records: ReadRecord[] = [];
  let bytes = 0;
  for (const { sfi, record } of addresses) {
    const reply = yield* transceive(readRecord(sfi, record));
    if (reply.kind === 'torn') return TORN;
    if (reply.kind === 'faulty' || reply.sw !== SUCCESS) return declined('card-error');
    bytes += reply.data.length;
    if (bytes > MAX_RECORD_BYTES) return declined('card-error');
    records.push({ sfi, record, data: reply.data });
  }
  return { kind: 'read', records };
}

/** What is in a record: one template 70 and nothing beside it (EMV Book 3, §10.2); undefined for anything else. */
export function templateOf(record: Uint8Array): readonly Tlv[] | undefined {
  const parsed = parseTlv(record);
  if (parsed.kind === 'malformed' || parsed.nodes.length !== 1) return undefined;
  const template = parsed.nodes[0];
  return template?.tag === TAG.record ? (template.children ?? []) : undefined;
}

/** Adds a record to the card's data; undefined when all is well. */
export function takeRecord({ answer }: Exchanged, record: Uint8Array): DeclineReason | undefined {
  const objects = templateOf(record);
  return objects !== undefined && answer.data.addRecord(objects) === undefined ? undefined : 'card-error';
}

/**
 * Do the records belong to the card of the GPO answer? 5A must be track 2's PAN, 5F24 in the month of its expiry, 5F34 a
 * number; 57 and 5F34 of a record have already been compared with the answer's. An expired card is refused as such.
 */
export function checkApplicationData(tap: Tap): DeclineReason | undefined {
  const { data, pan, trackExpiry } = tap.answer;
  const number = data.get(TAG.pan);
  if (number !== undefined && parseCompressedNumeric(number) !== pan.reveal()) return 'card-error';
  if (panSequenceOf(data) === undefined) return 'card-error';
  const expiry = data.get(TAG.expiryDate);
  if (expiry === undefined) return undefined;
  const date = parseDate(expiry);
  if (date === undefined) return 'card-error';
  if (hasExpired(tap)) return 'expired';
  return date.year === trackExpiry.year && date.month === trackExpiry.month ? undefined : 'card-error';
}
