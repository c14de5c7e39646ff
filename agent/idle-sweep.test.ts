import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { idleSweep } from './idle-sweep.ts';
import { overwritesFreed } from './memory-sweep.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('sweeps once a payment has ended, not while the next is in progress, and never after the stop', () => {
  let sweeps = 0;
  const idle = idleSweep(() => {
    sweeps += 1;
  });
  idle.payment({ final: false });
  vi.advanceTimersByTime(60_000);
  expect(sweeps).toBe(0);
  idle.payment({ final: true });
  vi.advanceTimersByTime(1_999);
  idle.payment({ final: false });
  vi.advanceTimersByTime(60_000);
  expect(sweeps).toBe(0);
  idle.payment({ final: true });
  vi.advanceTimersByTime(2_000);
  expect(sweeps).toBe(1);
  idle.payment({ final: true });
  idle.stop();
  vi.advanceTimersByTime(60_000);
  expect(sweeps).toBe(1);
});

it.each([
  ['glibc.malloc.perturb=165:glibc.malloc.tcache_count=0', true],
  ['glibc.malloc.tcache_count=0:glibc.malloc.perturb=1', true],
  ['glibc.malloc.perturb=165', false],
  ['glibc.malloc.perturb=0:glibc.malloc.tcache_count=0', false],
  [undefined, false],
])('with GLIBC_TUNABLES=%s freed memory is overwritten: %s', (tunables, expected) => {
  expect(overwritesFreed(tunables)).toBe(expected);
});
