import { expect, it } from 'vitest';
import { manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import { evenIntake, PAUSE_MS } from './even-intake.ts';

function stage() {
  const timers = manualTimers();
  const done: string[] = [];
  const source = { pause: () => done.push('pause'), resume: () => done.push('resume') };
  return { timers, done, take: evenIntake(source, timers.after) };
}

it('pauses a device that says much at once, and listens again', () => {
  const { timers, done, take } = stage();
  take(4_096);
  expect(done).toEqual(['pause']);
  timers.fire(PAUSE_MS);
  expect(done).toEqual(['pause', 'resume']);
  take(4_096);
  expect(done).toEqual(['pause', 'resume', 'pause']);
});

it('pauses one that says much in small pieces', () => {
  const { timers, done, take } = stage();
  for (let n = 0; n < 1_023; n++) take(1);
  expect(done).toEqual([]);
  take(1);
  take(1);
  expect(done).toEqual(['pause']);
  expect(timers.pending).toEqual([PAUSE_MS]);
});

it('leaves one alone that says as much in a longer time', () => {
  const { timers, done, take } = stage();
  for (let n = 0; n < 20; n++) {
    take(1_000);
    timers.fire(PAUSE_MS);
  }
  expect(done).toEqual([]);
});
