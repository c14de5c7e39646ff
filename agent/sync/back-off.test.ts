import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, uintBytes } from '../../emv/values/index.ts';
import { backOffMs, parseRetryAfter } from './back-off.ts';

const bounds = { baseMs: 100, capMs: 1000 };
const half = () => hex('80000000');
const none = () => hex('00000000');
const most = () => hex('FFFFFFFF');

describe('backOffMs', () => {
  it.each([
    ['first failure, half the jitter', 1, half, 0, 50],
    ['second doubles', 2, half, 0, 100],
    ['third doubles again', 3, most, 0, 400],
    ['the cap holds', 9, most, 0, 1000],
    ['also after very many', 1000, most, 0, 1000],
    ['jitter may be nothing', 5, none, 0, 0],
    ['Retry-After is waited in full', 1, none, 7000, 7000],
    ['and jitter comes on top', 1, half, 7000, 7050],
    ['but not for days', 1, none, 86_400_000, 600_000],
  ])('%s', (_name, failures, random, retryAfterMs, expected) => {
    expect(backOffMs(bounds, failures, random, retryAfterMs)).toBe(expected);
  });

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(2 ** 32 - 1), (failures, bits) => {
        const wait = backOffMs(bounds, failures, () => uintBytes(bits, 4));
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(1000, 100 * 2 ** (failures - 1)));
      }),
    );
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');
  it.each([
    ['5', undefined, 5000],
    [' 0 ', undefined, 0],
    ['Tue, 24 Nov 2026 10:00:30 GMT', undefined, 30_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', undefined, 0],
    // The clock of the terminal is a year behind, or ahead: the host's own date counts.
    ['Wed, 24 Nov 2027 10:00:30 GMT', 'Wed, 24 Nov 2027 10:00:00 GMT', 30_000],
    ['Mon, 24 Nov 2025 10:00:30 GMT', 'Mon, 24 Nov 2025 10:00:00 GMT', 30_000],
    ['Tue, 24 Nov 2026 10:00:30 GMT', 'yesterday', 30_000],
    ['5', 'Wed, 24 Nov 2027 10:00:00 GMT', 5000],
    ['00000000005', undefined, 5000],
    ['99999999999', undefined, 99_999_999_999_000],
    ['soon', undefined, undefined],
    ['', undefined, undefined],
    [undefined, undefined, undefined],
  ])('%s, sent at %s', (header, date, expected) => {
    expect(parseRetryAfter(header, date, now)).toBe(expected);
  });
});
