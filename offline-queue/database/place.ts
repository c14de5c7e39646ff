import { ok as assert } from 'node:assert/strict';

/** A record's position as one number, in the order of all records: epoch * 2^32 + sequence. */
export type Place = number;

const SEQUENCES = 2 ** 32;
/** Largest epoch whose places are safe integers. */
const MAX_EPOCH = 2 ** 21 - 1;

/** Can a record of this epoch and sequence lie in the queue? Sequence 0 stands before the first. */
export function isPlace(epoch: number, sequence: number): boolean {
  const known = Number.isSafeInteger(epoch) && Number.isSafeInteger(sequence);
  return known && epoch >= 1 && epoch <= MAX_EPOCH && sequence >= 0 && sequence < SEQUENCES;
}

export function placeOf(epoch: number, sequence: number): Place {
  assert(isPlace(epoch, sequence), `epoch ${epoch}, sequence ${sequence} is out of range`);
  return epoch * SEQUENCES + sequence;
}

/** The last place of an epoch, which no terminal reaches. */
export const lastPlaceOf = (epoch: number): Place => placeOf(epoch, SEQUENCES - 1);

export const epochOf = (place: Place): number => Math.floor(place / SEQUENCES);

export const sequenceOf = (place: Place): number => place % SEQUENCES;

/** Both parts by their names. */
export const placed = (place: Place): { readonly epoch: number; readonly sequence: number } => ({
  epoch: epochOf(place),
  sequence: sequenceOf(place),
});
