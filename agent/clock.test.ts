import { describe, expect, it } from 'vitest';
import { localDays, localTime, utc } from './clock.ts';

describe('localTime', () => {
  it.each([
    ['2026-11-24T15:59:59.999Z', 'Asia/Shanghai', '2026-11-24T23:59:59+08:00'],
    ['2026-11-24T16:00:00.000Z', 'Asia/Shanghai', '2026-11-25T00:00:00+08:00'],
    ['2026-11-24T16:00:00.000Z', 'UTC', '2026-11-24T16:00:00+00:00'],
    ['2026-07-01T03:30:00.000Z', 'America/St_Johns', '2026-07-01T01:00:00-02:30'],
    ['2026-01-01T00:00:00.000Z', 'Asia/Kathmandu', '2026-01-01T05:45:00+05:45'],
  ])('%s in %s is %s', (instant, zone, expected) => {
    expect(localTime(Date.parse(instant), zone).rfc3339).toBe(expected);
    expect(localDays(zone)(Date.parse(instant))).toBe(expected.slice(0, 10));
  });

  it('gives the calendar day and the time of day of the zone', () => {
    const local = localTime(Date.parse('2026-12-31T17:05:06Z'), 'Asia/Shanghai');
    expect(local.date).toEqual({ year: 2027, month: 1, day: 1 });
    expect(local.time).toEqual({ hour: 1, minute: 5, second: 6 });
  });

  it('refuses a zone that does not exist', () => {
    expect(() => localTime(0, 'Asia/Jiangdu')).toThrow(RangeError);
  });
});

it('utc writes RFC 3339', () => {
  expect(utc(1_764_000_000_123)).toBe('2025-11-24T16:00:00.123Z');
});
