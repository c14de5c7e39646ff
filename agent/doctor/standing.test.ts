import { expect, it } from 'vitest';
import type { Ran } from './machine.ts';
import { judgeStandingRun } from './standing.ts';

const ended = (out: string, code = 0): Ran => ({ kind: 'ended', code, out, err: '' });

it.each([
  [ended('{"stopped":{"reason":"superseded","detail":"enrolled anew elsewhere"}}'), 'fail'],
  [ended('{"terminal":"T-0001"}'), 'ok'],
  [ended('', 1), undefined],
  [{ kind: 'late' }, undefined],
] as readonly [Ran, string | undefined][])('a daemon that says %j: %s', (ran, level) => {
  expect(judgeStandingRun(ran)[0]?.level).toBe(level);
});

it('says why it is stopped', () => {
  expect(judgeStandingRun(ended('{"stopped":{"detail":"enrolled anew elsewhere"}}'))[0]?.what).toBe(
    'the terminal is stopped: enrolled anew elsewhere',
  );
});
