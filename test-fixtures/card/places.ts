import type { RecordPlace } from './card-record.ts';

export const samePlace = (a: RecordPlace, b: RecordPlace): boolean => a.sfi === b.sfi && a.record === b.record;

/** Every record that an AFL names, in reading order. `afl`: 94, four bytes an entry. */
export function placesOf(afl: Uint8Array): RecordPlace[] {
  const places: RecordPlace[] = [];
  for (let at = 0; at + 4 <= afl.length; at += 4) {
    const [sfiByte = 0, first = 0, last = 0] = afl.subarray(at, at + 4);
    for (let record = first; record <= last; record++) places.push({ sfi: sfiByte >> 3, record });
  }
  return places;
}

/** The record whose reading takes the money. Throws RangeError when the AFL is empty. */
export function lastPlace(afl: Uint8Array): RecordPlace {
  const last = placesOf(afl).at(-1);
  if (last === undefined) throw new RangeError('the AFL names no record');
  return last;
}
