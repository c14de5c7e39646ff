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
  const bytes = FIRST_VERSION.encodeIfHeld(record) ?? SECOND_VERSION.encodeIfHeld(record);
  if (bytes !== undefined) return bytes;
  // Says which value does not fit.
  SECOND_VERSION.encode(record);
  throw new RangeError('the record says something that it has no field for');
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
