import { FIRST_VERSION, SECOND_VERSION } from './forms.ts';
import type { Record } from './record.ts';

export type ParsedRecord =
  | { readonly kind: 'record'; readonly record: Record }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * The canonical bytes of a record: what the chain hashes. The first version that can say all of it, so that one content has
 * one form. Throws RangeError when a value does not fit its field.
 */
export function encodeRecord(record: Record): Uint8Array {
  if (FIRST_VERSION.holds(record)) return FIRST_VERSION.encode(record);
  const bytes = SECOND_VERSION.encode(record);
  if (!SECOND_VERSION.holds(record)) throw new RangeError('the record says something that it has no field for');
  return bytes;
}

/** Reads canonical bytes; everything that `encodeRecord` would not write in exactly these bytes is malformed. */
export function parseRecord(bytes: Uint8Array): ParsedRecord {
  if (!SECOND_VERSION.begins(bytes)) {
    const parsed = FIRST_VERSION.parse(bytes);
    return parsed.kind === 'parsed' ? { kind: 'record', record: parsed.value } : parsed;
  }
  const parsed = SECOND_VERSION.parse(bytes);
  if (parsed.kind === 'malformed') return parsed;
  if (FIRST_VERSION.holds(parsed.value)) return { kind: 'malformed', reason: 'fits the first version' };
  return { kind: 'record', record: parsed.value };
}
