import { fraction, type Random } from '../random.ts';

/** Bounds of the waits between failed attempts. */
export interface BackOff {
  readonly baseMs: number;
  readonly capMs: number;
}

/** A host that asks for more than this is asked again after this. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * How long to wait after the n-th failure in a row (n from 1): full jitter, a random part of base · 2^(n-1) and `capMs`
 * at most, so that terminals that lost the host together do not come back together. What the host asked for with
 * Retry-After is waited in any case, and the jitter comes on top.
 */
export function backOffMs(bounds: BackOff, failures: number, random: Random, retryAfterMs = 0): number {
  const ceiling = Math.min(bounds.capMs, bounds.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) + Math.ceil(fraction(random) * ceiling);
}

/**
 * Reads a Retry-After header, seconds or an HTTP date (RFC 9110 §10.2.3), as milliseconds; undefined when it is neither. A
 * date is held against the host's own, so that the terminal's clock may be wrong.
 * @param date the Date header of the same answer
 * @param now the terminal's clock, for an answer without a date
 */
export function parseRetryAfter(header: string | undefined, date: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^[0-9]+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  if (Number.isNaN(at)) return undefined;
  const hostNow = Date.parse(date ?? '');
  return Math.max(0, at - (Number.isNaN(hostNow) ? now : hostNow));
}
