import type { PurseReason } from './outcome.ts';

type Row = readonly [pattern: string, reason: PurseReason];

/** Who answered which kind of command: the same word says different things at different places. */
export type Place = 'select' | 'card' | 'pin' | 'sam';

/** Rows of a place come before those of all places; first match wins, an x stands for any digit. */
const ROWS: Readonly<Record<Place, readonly Row[]>> = {
  select: [
    ['6283', 'application-blocked'],
    ['6A81', 'application-blocked'],
    ['6A82', 'no-common-application'],
  ],
  card: [
    ['6982', 'pin-not-entered'],
    ['6985', 'card-declined'],
    ['6A81', 'application-blocked'],
    ['6983', 'card-blocked'],
    ['9302', 'not-genuine'],
    ['9401', 'insufficient-funds'],
    ['9402', 'card-blocked'],
  ],
  pin: [
    ['63C0', 'pin-tries-exceeded'],
    ['63Cx', 'pin-wrong'],
    ['6983', 'pin-tries-exceeded'],
    ['6984', 'pin-tries-exceeded'],
  ],
  sam: [
    ['63C0', 'sam-locked'],
    ['6983', 'sam-locked'],
    ['9302', 'not-genuine'],
    ['9403', 'key-not-supported'],
    ['6A88', 'key-not-supported'],
    ['63Cx', 'not-genuine'],
    ['xxxx', 'sam-unavailable'],
  ],
};

/** What 6901 (wrong state), 6A82 of a file, 9406 outside the proof, 61xx and 6Cxx without end and all else come to. */
const REST: readonly Row[] = [
  ['9303', 'application-blocked'],
  ['9403', 'key-not-supported'],
  ['6A88', 'key-not-supported'],
  ['xxxx', 'card-error'],
];

const matches = (sw: string, pattern: string): boolean =>
  [...pattern].every((digit, at) => digit === 'x' || digit === sw[at]);

/** The one outcome that a status word other than 9000 has at a place. */
export function reasonFor(place: Place, sw: number): PurseReason {
  const digits = sw.toString(16).toUpperCase().padStart(4, '0');
  const row = [...ROWS[place], ...REST].find(([pattern]) => matches(digits, pattern));
  return row?.[1] ?? 'card-error';
}

/** Tries left, from 63Cx; undefined for any other word. */
export function triesLeft(sw: number): number | undefined {
  return (sw & 0xfff0) === 0x63c0 ? sw & 0x0f : undefined;
}
