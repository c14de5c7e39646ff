import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { type Loop, type LoopParts, type Round, startLoop } from './loop.ts';

const log = pino({ level: 'silent' });
let loop: Loop | undefined;

afterEach(async () => {
  const stopped = loop?.stop();
  await vi.advanceTimersByTimeAsync(0);
  await stopped;
  vi.useRealTimers();
});

function start(rounds: readonly (Round | Error)[], parts: Partial<LoopParts> = {}): { count: () => number } {
  vi.useFakeTimers();
  let at = 0;
  loop = startLoop({
    name: 'test',
    round: async () => {
      const round = rounds[at] ?? { kind: 'done' };
      at += 1;
      if (round instanceof Error) throw round;
      return round;
    },
    intervalMs: 1000,
    backOff: { baseMs: 100, capMs: 400 },
    random: () => hex('FFFFFFFF'),
    log,
    ended: () => {},
    ...parts,
  });
  return { count: () => at };
}

describe('a sync loop', () => {
  it('runs at once and then after each interval', async () => {
    const { count } = start([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(count()).toBe(1);
    await vi.advanceTimersByTimeAsync(999);
    expect(count()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(count()).toBe(2);
  });

  it('looks again sooner when a round says so, never later', async () => {
    const { count } = start([
      { kind: 'done', nextMs: 10 },
      { kind: 'done', nextMs: 5000 },
    ]);
    await vi.advanceTimersByTimeAsync(10);
    expect(count()).toBe(2);
    await vi.advanceTimersByTimeAsync(999);
    expect(count()).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(count()).toBe(3);
  });

  it('asks how long the interval is after each round', async () => {
    let intervalMs = 1000;
    const { count } = start([], { intervalMs: () => intervalMs });
    await vi.advanceTimersByTimeAsync(0);
    intervalMs = 10;
    await vi.advanceTimersByTimeAsync(1000);
    expect(count()).toBe(2);
    await vi.advanceTimersByTimeAsync(10);
    expect(count()).toBe(3);
  });

  it('goes on without a wait while there is more', async () => {
    const { count } = start([{ kind: 'more' }, { kind: 'more' }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(count()).toBe(3);
  });

  it('backs off after failures, thrown ones as well, and starts afresh after a success', async () => {
    const failed: Round = { kind: 'failed' };
    const { count } = start([failed, new Error('broken'), failed, { kind: 'more' }, failed]);
    const counts: number[] = [];
    for (const ms of [0, 99, 1, 199, 1, 399, 1, 99, 1]) {
      await vi.advanceTimersByTimeAsync(ms);
      counts.push(count());
    }
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 5, 5, 6]);
  });

  it('can be woken from its wait, and from a back-off', async () => {
    const { count } = start([{ kind: 'done' }, { kind: 'failed' }]);
    await vi.advanceTimersByTimeAsync(0);
    loop?.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(count()).toBe(2);
    loop?.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(count()).toBe(3);
  });

  it('woken during a round, runs another one after it', async () => {
    let finish: (round: Round) => void = () => {};
    let rounds = 0;
    start([], {
      round: () => {
        rounds += 1;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    loop?.wake();
    expect(rounds).toBe(1);
    finish({ kind: 'done' });
    await vi.advanceTimersByTimeAsync(0);
    expect(rounds).toBe(2);
    finish({ kind: 'done' });
  });

  it('is not woken while the host asked for patience', async () => {
    const { count } = start([{ kind: 'failed', retryAfterMs: 5000 }]);
    await vi.advanceTimersByTimeAsync(0);
    loop?.wake();
    await vi.advanceTimersByTimeAsync(4999);
    expect(count()).toBe(1);
    await vi.advanceTimersByTimeAsync(101);
    expect(count()).toBe(2);
  });

  it('a host that always has more to say is left alone after a thousand rounds', async () => {
    const { count } = start(Array.from({ length: 2_500 }, (): Round => ({ kind: 'more' })));
    await vi.advanceTimersByTimeAsync(0);
    expect(count()).toBe(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(count()).toBe(2_000);
  });

  it('says what the next round came to, and counts them', async () => {
    const ended: boolean[] = [];
    start([{ kind: 'done' }, { kind: 'failed' }, { kind: 'failed', retryAfterMs: 5_000 }], {
      ended: (failed) => ended.push(failed),
    });
    await vi.advanceTimersByTimeAsync(0);
    const asked: unknown[] = [];
    const ask = async () => asked.push(await loop?.now());
    for (let times = 0; times < 3; times++) {
      void ask();
      await vi.advanceTimersByTimeAsync(0);
    }
    // The third is not run: the host asked for patience after the second.
    expect(asked).toEqual(['failed', 'failed', 'waiting']);
    expect(ended).toEqual([false, true, true]);
  });

  it('stopped in the middle of a round, aborts it and ends', async () => {
    let rounds = 0;
    start([], {
      round: (signal) => {
        rounds += 1;
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'more' })));
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    await loop?.stop();
    expect(rounds).toBe(1);
  });
});
