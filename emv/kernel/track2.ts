import { type CivilDate, lastDayOf, Pan, toHex } from '../values/index.ts';

export interface Track2 {
  readonly pan: Pan;
  /** The last day of the month on the track. */
  readonly expiry: CivilDate;
}

/** Reads PAN and expiry of track 2 equivalent data (57): digits, D, YYMM, the rest. Undefined when they are not there. */
export function parseTrack2(bytes: Uint8Array): Track2 | undefined {
  const parts = /^([0-9]{8,19})D([0-9]{4})[0-9]*F?$/.exec(toHex(bytes));
  const pan = Pan.parse(parts?.[1] ?? '');
  const expiry = lastDayOf(parts?.[2] ?? '');
  return pan && expiry && { pan, expiry };
}
