import { samePlace } from '../places.ts';
import { SW } from '../reaction.ts';
import { scriptCommand } from './script.ts';

/** UPDATE RECORD: writes a whole record anew that is there already. P1: record; P2: SFI (1 to 10) and 4. */
export const updateRecord = scriptCommand(({ p1: record, p2, data }, { profile, memory, transaction }) => {
  const place = { sfi: p2 >> 3, record };
  if ((p2 & 0x07) !== 0x04 || record === 0) return { sw: SW.wrongParameters };
  const isThere = profile.files[transaction.over].records.some((known) => samePlace(known, place));
  if (!isThere) return { sw: SW.recordNotFound };
  if (data.length === 0) return { sw: SW.wrongLength };
  const others = memory.records.filter((known) => !samePlace(known, place));
  return { changes: { memory: { records: [...others, { ...place, data }] } } };
});
