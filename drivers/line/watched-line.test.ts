import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import type { ByteLine, LineState } from './byte-line.ts';
import { lineStanding } from './line-standing.ts';
import { type Connection, type NotConnected, watchedLine } from './watched-line.ts';

const WAIT = { timeout: 30_000, interval: 2 };
const LOOK_MS = 250;

let folder: string;
let path: string;
let line: ByteLine | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-line-'));
  path = join(folder, 'device');
});
afterEach(async () => {
  await line?.close();
  rmSync(folder, { recursive: true });
});

function watch(connect: () => Connection | NotConnected) {
  const timers = manualTimers();
  const told: LineState[] = [];
  let attempts = 0;
  const events = { bytes: () => {}, state: (state: LineState) => told.push(state) };
  line = watchedLine({
    path,
    events,
    // So that no wait is as long as the pause between two looks.
    standing: lineStanding(events, () => {}, { after: timers.after, random: () => 0.5 }),
    connect: async () => {
      attempts += 1;
      return connect();
    },
    after: timers.after,
  });
  const isPending = (ms: number): Promise<void> => vi.waitFor(() => expect(timers.pending).toContain(ms), WAIT);
  return {
    timers,
    told,
    attempts: () => attempts,
    isPending,
    /** Looks at the file once more, and at what it does about it. */
    async look(): Promise<void> {
      await isPending(LOOK_MS);
      timers.fire(LOOK_MS);
      await isPending(LOOK_MS);
    },
  };
}

/** Opens, and says the moment that it is listened to that it has gone (EIO). */
const broken = (): Connection => ({
  listen: (tell) => tell.lost('EIO: i/o error, read'),
  write: async () => 'failed',
  close: async () => {},
});

it('a device that breaks whenever it is opened is left alone, longer and longer, and told once', async () => {
  writeFileSync(path, '');
  const { timers, told, attempts, isPending, look } = watch(broken);
  let opened = 0;
  for (const restMs of [188, 375, 750, 1_500, 3_000, 3_750, 3_750]) {
    opened += 1;
    await isPending(restMs);
    for (let n = 0; n < 3; n++) await look();
    expect(attempts()).toBe(opened);
    timers.fire(restMs);
    await look();
  }
  expect(told).toEqual(['open', 'unplugged']);
});

it('one that was really away is opened at once, and told', async () => {
  writeFileSync(path, '');
  const { told, attempts, isPending, look } = watch(broken);
  await isPending(188);
  rmSync(path);
  await look();
  writeFileSync(path, '');
  await look();
  expect(attempts()).toBe(2);
  expect(told).toEqual(['open', 'unplugged', 'open', 'unplugged']);
});

it('one that may not be opened is tried less and less often', async () => {
  writeFileSync(path, '');
  const { timers, told, attempts, isPending, look } = watch(() => ({ failure: 'refused', why: 'EBUSY' }));
  for (const restMs of [188, 375, 750]) {
    await isPending(restMs);
    timers.fire(restMs);
    await look();
  }
  expect(attempts()).toBe(4);
  expect(told).toEqual(['refused']);
});
