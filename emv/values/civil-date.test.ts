import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from './bytes.ts';
import {
  compareDates,
  dateBytes,
  fullDateBytes,
  lastDayOf,
  parseDate,
  parseFullDate,
  parseTime,
  timeBytes,
} from './civil-date.ts';

describe('parseDate', () => {
  it.each([
    ['250601', 2025, 6, 1],
    ['491231', 2049, 12, 31],
    ['500101', 1950, 1, 1],
    ['240229', 2024, 2, 29],
    ['000229', 2000, 2, 29],
  ])('%s', (text, year, month, day) => {
    expect(parseDate(hex(text))).toEqual({ year, month, day });
    expect(toHex(dateBytes({ year, month, day }))).toBe(text);
  });

  it.each(['', '2506', '25060100', '250001', '251301', '250600', '250631', '230229', '2506A1'])(
    '%j is no date',
    (text) => {
      expect(parseDate(hex(text))).toBeUndefined();
    },
  );

  it('any three bytes: a date of the calendar, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 3 }), (bytes) => {
        const date = parseDate(bytes);
        if (date === undefined) return;
        const { year, month, day } = date;
        const real = new Date(Date.UTC(year, month - 1, day));
        expect([real.getUTCMonth() + 1, real.getUTCDate()]).toEqual([month, day]);
        expect(dateBytes(date)).toEqual(bytes);
      }),
    );
  });
});

describe('lastDayOf', () => {
  it.each([
    ['3012', 2030, 12, 31],
    ['2802', 2028, 2, 29],
    ['2702', 2027, 2, 28],
    ['5004', 1950, 4, 30],
  ])('%s', (yymm, year, month, day) => {
    expect(lastDayOf(yymm)).toEqual({ year, month, day });
  });

  it.each(['', '301', '30122', '3000', '3013', '30-1'])('%j is no month', (yymm) => {
    expect(lastDayOf(yymm)).toBeUndefined();
  });
});

describe('compareDates', () => {
  const day = { year: 2025, month: 6, day: 15 };

  it.each([
    ['the same', day, 0],
    ['a day later', { ...day, day: 16 }, -1],
    ['a month earlier, a later day', { year: 2025, month: 5, day: 31 }, 1],
    ['a year later, an earlier month', { year: 2026, month: 1, day: 1 }, -1],
  ])('%s', (_, other, sign) => {
    expect(Math.sign(compareDates(day, other))).toBe(sign);
  });
});

describe('timeBytes', () => {
  it('writes HHMMSS', () => {
    expect(toHex(timeBytes({ hour: 23, minute: 5, second: 9 }))).toBe('230509');
  });
});

describe('dates and times of a purse', () => {
  it.each<[string, ReturnType<typeof parseFullDate>]>([
    ['20991231', { year: 2099, month: 12, day: 31 }],
    ['19990101', { year: 1999, month: 1, day: 1 }],
    ['20240229', { year: 2024, month: 2, day: 29 }],
    ['20250229', undefined],
    ['20251301', undefined],
    ['20250100', undefined],
    ['FFFFFFFF', undefined],
    ['250101', undefined],
    ['', undefined],
  ])('date %s', (bytes, date) => {
    expect(parseFullDate(hex(bytes))).toEqual(date);
    if (date) expect(toHex(fullDateBytes(date))).toBe(bytes);
  });

  it.each<[string, ReturnType<typeof parseTime>]>([
    ['235959', { hour: 23, minute: 59, second: 59 }],
    ['000000', { hour: 0, minute: 0, second: 0 }],
    ['240000', undefined],
    ['126000', undefined],
    ['120060', undefined],
    ['12300A', undefined],
    ['1230', undefined],
  ])('time %s', (bytes, time) => {
    expect(parseTime(hex(bytes))).toEqual(time);
  });
});
