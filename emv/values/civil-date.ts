import { bcd } from './bcd.ts';
import { concat, toHex } from './bytes.ts';

/** A calendar day where the terminal stands; no time, no zone. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Time of day where the terminal stands. */
export interface CivilTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

// JR/T 0025.12-2013 §7.7.20: two-digit years up to 49 are 20xx, the rest 19xx.
const fullYear = (twoDigits: number): number => (twoDigits <= 49 ? 2000 + twoDigits : 1900 + twoDigits);

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Days of a month from 1950 to 2049, where every fourth year is a leap year; 0 when it is no month. */
const daysIn = (year: number, month: number): number =>
  (DAYS[month - 1] ?? 0) + (month === 2 && year % 4 === 0 ? 1 : 0);

/** Two digits of packed decimal; NaN when it is none. */
function twoDigits(byte = 0xff): number {
  const [high, low] = [byte >> 4, byte & 0x0f];
  return high > 9 || low > 9 ? Number.NaN : high * 10 + low;
}

/** Reads YYMMDD in packed decimal (3 bytes, as in 5F24, 5F25 and 9A); undefined when it is no date. */
export function parseDate(bytes: Uint8Array): CivilDate | undefined {
  if (bytes.length !== 3) return undefined;
  const year = fullYear(twoDigits(bytes[0]));
  const [month, day] = [twoDigits(bytes[1]), twoDigits(bytes[2])];
  const known = year > 0 && day >= 1 && day <= daysIn(year, month);
  return known ? { year, month, day } : undefined;
}

/** The last day of a month given as YYMM digits (track 2) or, turned round, MMYY (certificates); undefined when no month. */
export function lastDayOf(yymm: string): CivilDate | undefined {
  if (!/^[0-9]{4}$/.test(yymm)) return undefined;
  const [year, month] = [fullYear(Number(yymm.slice(0, 2))), Number(yymm.slice(2))];
  const day = daysIn(year, month);
  return day > 0 ? { year, month, day } : undefined;
}

/** Negative when a is before b, zero on the same day. */
export function compareDates(a: CivilDate, b: CivilDate): number {
  return a.year - b.year || a.month - b.month || a.day - b.day;
}

/** Three bytes YYMMDD, as in 9A. */
export function dateBytes(date: CivilDate): Uint8Array {
  return concat(bcd(date.year % 100, 1), bcd(date.month, 1), bcd(date.day, 1));
}

/** Three bytes HHMMSS, as in 9F21. */
export function timeBytes(time: CivilTime): Uint8Array {
  return concat(bcd(time.hour, 1), bcd(time.minute, 1), bcd(time.second, 1));
}

/** Reads YYYYMMDD in packed decimal (4 bytes, as in the files and messages of a purse); undefined when it is no date. */
export function parseFullDate(bytes: Uint8Array): CivilDate | undefined {
  const parts = /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(toHex(bytes));
  if (!parts) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) ? { year, month, day } : undefined;
}

/** Four bytes YYYYMMDD. */
export function fullDateBytes(date: CivilDate): Uint8Array {
  return concat(bcd(date.year, 2), bcd(date.month, 1), bcd(date.day, 1));
}

/** Reads HHMMSS in packed decimal (3 bytes); undefined when it is no time of day. */
export function parseTime(bytes: Uint8Array): CivilTime | undefined {
  const parts = /^([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(toHex(bytes));
  if (!parts) return undefined;
  const [hour, minute, second] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return hour <= 23 && minute <= 59 && second <= 59 ? { hour, minute, second } : undefined;
}
