import { describe, expect, it } from 'vitest';
import { unlessAborted } from './driver-tools.ts';

describe('a work that may be given up', () => {
  const never = new Promise<string>(() => {});

  it('gives its value as long as nobody has', async () => {
    expect(await unlessAborted(Promise.resolve('done'), new AbortController().signal)).toBe('done');
  });

  it('is late when it is given up while it goes on, and when it was before', async () => {
    const controller = new AbortController();
    const given = unlessAborted(never, controller.signal);
    controller.abort();
    expect(await given).toBe('late');
    expect(await unlessAborted(never, controller.signal)).toBe('late');
  });
});
