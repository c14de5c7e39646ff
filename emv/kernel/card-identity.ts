import { TAG } from '../dictionary/index.ts';
import { findTag } from '../tlv/index.ts';
import { type Pan, parseCompressedNumeric } from '../values/index.ts';
import { templateOf } from './read-application-data.ts';
import { parseTrack2 } from './track2.ts';

/** Does this record name the PAN, in 5A or on track 2? */
export function names(record: Uint8Array, pan: Pan): boolean {
  const objects = templateOf(record) ?? [];
  const number = findTag(objects, TAG.pan)?.value;
  if (number !== undefined) return parseCompressedNumeric(number) === pan.reveal();
  const track = findTag(objects, TAG.track2)?.value;
  return track !== undefined && parseTrack2(track)?.pan.equals(pan) === true;
}
