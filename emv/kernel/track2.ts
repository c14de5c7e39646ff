import { type CivilDate, lastDayOf, Pan, toHex } from '../values/index.ts';

export interface Track2 {
  readonly pan: Pan;
  /** The last day of the month on the track. */
  readonly expiry: CivilDate;
}

/** Reads PAN and expiry of track 2 equivalent data (57): digits, D, YYMM, the rest. Undefined when they are not there. */
export function parseTrack2(bytes: Uint8Array): Track2 | undefined {
  const text = toHex(bytes);
  const separator = text.indexOf('D');
  if (separator < 0 || !/^[0-9]{4,}F?$/.test(text.slice(separator + 1))) return undefined;
  const pan = Pan.parse(text.slice(0, separator));
  const expiry = lastDayOf(text.slice(separator + 1, separator + 5));
  return pan && expiry && { pan, expiry };
}
