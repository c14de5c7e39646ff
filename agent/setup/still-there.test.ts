import { expect, it } from 'vitest';
import type { StatusResource } from '../api/status-resource.ts';
import type { Daemon } from '../cli/daemon.ts';
import { asItStands, settledStatus } from './still-there.ts';
import { passed, skipped } from './tests.ts';

const status = (state: 'ready' | 'unplugged') =>
  ({ devices: [{ kind: 'scanner', name: '/dev/ttyACM0', state }] }) as unknown as StatusResource;

it('what was pulled after it was tried has not passed', () => {
  expect(asItStands(status('unplugged'))(passed('scan', 'a code'))).toEqual({
    ...{ id: 'scan', outcome: 'failed' },
    detail: 'it worked, and does no more: /dev/ttyACM0 is unplugged',
  });
  expect(asItStands(status('ready'))(passed('scan', 'a code'))).toEqual(passed('scan', 'a code'));
  expect(asItStands(status('unplugged'))(passed('display'))).toEqual(passed('display'));
  expect(asItStands(status('unplugged'))(skipped('scan', 'why'))).toEqual(skipped('scan', 'why'));
});

it('a daemon that has just begun is given time to open its devices, and no more than that', async () => {
  let now = 0;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  const daemon = (readyAt: number) =>
    ({ status: async () => status(now < readyAt ? 'unplugged' : 'ready') }) as unknown as Daemon;
  expect(await settledStatus(daemon(2_000), sleep, () => now)).toEqual(status('ready'));
  now = 0;
  expect(await settledStatus(daemon(60_000), sleep, () => now)).toEqual(status('unplugged'));
});
