import { symlinkSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { judgeBuildDate, judgeSynchronised, judgeTimeZone, synchronised, timeZone } from './clock.ts';
import { ended, plantedMachine, subjectWith } from './test-machine.ts';

let machine: ReturnType<typeof plantedMachine> | undefined;
afterEach(() => machine?.remove());

it.each([
  [2_000, 1_000, 'ok'],
  [1_000, 1_000, 'ok'],
  [999, 1_000, 'fail'],
])('now %i, built at %i: %s', (now, builtAt, level) => expect(judgeBuildDate(now, builtAt).level).toBe(level));

it.each([
  ['yes', 'ok'],
  ['no', 'warn'],
  [undefined, 'unknown'],
] as const)('synchronised: %s: %s', (said, level) => expect(judgeSynchronised(said).level).toBe(level));

it.each([
  [{ timedatectl: ended('yes\n') }, 'ok'],
  [{ timedatectl: ended('no\n') }, 'warn'],
  [{ timedatectl: ended('', 1, 'no systemd'), chronyc: ended('A29FC87B,x,3,1.0,Normal\n') }, 'ok'],
  [{ chronyc: ended('00000000,,0,0.0,Not synchronised\n') }, 'warn'],
  [{ timedatectl: ended('', 1), chronyc: ended('', 1, '506 Cannot talk to daemon') }, 'unknown'],
  [{}, 'unknown'],
])('%j: %s', async (programs, level) => {
  machine = plantedMachine({}, programs);
  expect(await synchronised.run(machine, subjectWith())).toMatchObject([{ level }]);
});

it.each([
  ['Asia/Shanghai', 'Asia/Shanghai', 'ok'],
  ['Asia/Shanghai', 'Etc/UTC', 'warn'],
  ['Asia/Shanghai', undefined, 'unknown'],
])('%s under %s: %s', (configured, system, level) => expect(judgeTimeZone(configured, system).level).toBe(level));

it('the time zone of the system is that of its link, else of its file', async () => {
  machine = plantedMachine({ '/etc/timezone': 'Asia/Shanghai\n' });
  expect(await timeZone.run(machine, subjectWith())).toMatchObject([{ level: 'ok' }]);
  symlinkSync('/usr/share/zoneinfo/Europe/Berlin', `${await machine.real('/etc')}/localtime`);
  expect(await timeZone.run(machine, subjectWith())).toMatchObject([
    { level: 'warn', what: expect.stringContaining('Berlin') },
  ]);
});
