import { describe, expect, it } from 'vitest';
import { manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import type { LineState } from './byte-line.ts';
import { GOOD_MS, lineStanding, STEADY_MS } from './line-standing.ts';

function stage(random = () => 0) {
  const timers = manualTimers();
  const told: LineState[] = [];
  const standing = lineStanding({ state: (state) => told.push(state) }, () => {}, { after: timers.after, random });
  return { timers, told, standing };
}

describe('the standing of a line', () => {
  it('tells one change of a device that opens and breaks at once, however often', () => {
    const { timers, told, standing } = stage();
    for (let n = 0; n < 50; n++) {
      standing.become('open');
      standing.become('unplugged', 'closed');
    }
    expect(told).toEqual(['open', 'unplugged']);
    expect(timers.pending).toEqual([]);
  });

  it('believes one that lasts, and is quick with it again once it was good', () => {
    const { timers, told, standing } = stage();
    standing.become('open');
    standing.become('unplugged');
    expect([standing.retryMs(), standing.retryMs(), standing.retryMs()]).toEqual([250, 500, 1_000]);
    standing.become('open');
    expect(told).toEqual(['open', 'unplugged']);
    timers.fire(STEADY_MS);
    expect(told).toEqual(['open', 'unplugged', 'open']);
    timers.fire(GOOD_MS);
    standing.become('unplugged');
    expect(standing.retryMs()).toBe(250);
    standing.become('open');
    expect(told).toEqual(['open', 'unplugged', 'open', 'unplugged', 'open']);
  });

  it('goes on waiting longer for one that never was a good one', () => {
    const { timers, standing } = stage();
    const waits = Array.from({ length: 8 }, () => {
      standing.become('open');
      if (timers.pending.includes(STEADY_MS)) timers.fire(STEADY_MS);
      standing.become('unplugged');
      return standing.retryMs();
    });
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  });

  it('waits a random half less', () => {
    expect(stage(() => 1).standing.retryMs()).toBe(125);
  });

  it('believes at once what was really away', () => {
    const { told, standing } = stage();
    standing.become('open');
    standing.become('unplugged');
    standing.startAfresh();
    standing.become('open');
    expect(told).toEqual(['open', 'unplugged', 'open']);
  });

  it('believes the connection that holds when somebody wants it, and the next one', () => {
    const { timers, told, standing } = stage();
    standing.become('open');
    standing.become('unplugged');
    standing.become('open');
    standing.believe();
    expect(told).toEqual(['open', 'unplugged', 'open']);
    expect(timers.pending).toEqual([GOOD_MS]);
    standing.become('unplugged');
    standing.believe();
    expect(told).toEqual(['open', 'unplugged', 'open', 'unplugged']);
    standing.become('open');
    expect(told).toEqual(['open', 'unplugged', 'open', 'unplugged', 'open']);
  });

  it('takes a connection that is told again for the one that it is', () => {
    const { timers, standing } = stage();
    for (let n = 0; n < 3; n++) standing.become('open');
    expect(timers.pending).toEqual([GOOD_MS]);
    standing.become('unplugged');
    for (let n = 0; n < 3; n++) standing.become('open');
    expect(timers.pending).toEqual([STEADY_MS]);
  });

  it('tells nothing once it is over', () => {
    const { timers, told, standing } = stage();
    standing.become('open');
    standing.become('unplugged');
    standing.become('open');
    standing.end();
    expect(timers.pending).toEqual([]);
    expect(told).toEqual(['open', 'unplugged']);
  });
});
