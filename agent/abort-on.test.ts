import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { abortOn } from './abort-on.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('aborts with any of its sources', () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const { signal } = abortOn([a.signal, b.signal], 1000);
  expect(signal.aborted).toBe(false);
  b.abort();
  expect(signal.aborted).toBe(true);
});

it('is aborted from the start when a source is', () => {
  expect(abortOn([AbortSignal.abort()], 1000).signal.aborted).toBe(true);
});

it('aborts in time', () => {
  const { signal } = abortOn([], 1000);
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.aborted).toBe(true);
});

it('hangs on nothing once released', () => {
  const source = new AbortController();
  const { signal, release } = abortOn([source.signal], 1000);
  release();
  source.abort();
  expect(signal.aborted).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});
