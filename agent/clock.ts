import type { CivilDate, CivilTime } from '../emv/values/index.ts';

/** Time as the agent is given it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01T00:00Z. May jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  monotonic(): number;
}

/** An instant as the people beside the terminal read it. */
export interface LocalTime {
  readonly date: CivilDate;
  readonly time: CivilTime;
  /** RFC 3339, whole seconds, with the zone's offset from UTC. */
  readonly rfc3339: string;
}

/** RFC 3339 in UTC, milliseconds. */
export const utc = (epochMs: number): string => new Date(epochMs).toISOString();

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const MINUTE_MS = 60_000;

/**
 * The local date and time of an instant.
 * @param timeZone an IANA name, as `Asia/Shanghai`; throws RangeError when there is no such zone
 */
export function localTime(epochMs: number, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(epochMs);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value);
  const date = { year: part('year'), month: part('month'), day: part('day') };
  const time = { hour: part('hour'), minute: part('minute'), second: part('second') };
  const asUtc = Date.UTC(date.year, date.month - 1, date.day, time.hour, time.minute, time.second);
  const offset = Math.round((asUtc - Math.floor(epochMs / 1000) * 1000) / MINUTE_MS);
  const day = `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)}`;
  const clock = `${pad(time.hour)}:${pad(time.minute)}:${pad(time.second)}`;
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return { date, time, rfc3339: `${day}T${clock}${zone}` };
}

/**
 * The local days of instants, `YYYY-MM-DD`, as `localTime` has them. The formatter is made once: making one costs more than a
 * whole decision about a payment.
 */
export function localDays(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  return (epochMs) => {
    const parts = format.formatToParts(epochMs);
    const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value);
    return `${pad(part('year'), 4)}-${pad(part('month'))}-${pad(part('day'))}`;
  };
}
