import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Device } from '../../drivers/index.ts';
import { troubleOf } from './device-there.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A device whose driver looks for it again after so long, and finds it. */
function backAfter(ms: number): Device {
  let state: Device['state'] = 'unplugged';
  return {
    ...{ name: '10.0.0.9:9100', detail: undefined, close: async () => {} },
    get state() {
      return state;
    },
    onChange(tell) {
      const timer = setTimeout(() => {
        state = 'ready';
        tell();
      }, ms);
      return () => clearTimeout(timer);
    },
  };
}

it('waits for a device that was plugged in again until its driver has looked for it', async () => {
  const trouble = troubleOf(backAfter(5_000));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await trouble).toBeUndefined();
});

it('does not wait for ever', async () => {
  const trouble = troubleOf(backAfter(60_000));
  await vi.advanceTimersByTimeAsync(6_000);
  expect(await trouble).toBe('10.0.0.9:9100 is unplugged');
});
