import { afterEach, describe, expect, it } from 'vitest';
import { judgeCores, judgeMemory, judgeTunables, judgeWatchdog, memory, surroundings } from './process.ts';
import { plantedMachine, subjectWith } from './test-machine.ts';

let machine: ReturnType<typeof plantedMachine> | undefined;
afterEach(() => machine?.remove());

const TUNABLES = 'glibc.malloc.perturb=165:glibc.malloc.tcache_count=0';
const UNIT = `[Service]
ExecStart=/usr/bin/jdpos run
Restart=on-failure
WatchdogSec=30
LimitCORE=0
Environment=GLIBC_TUNABLES=${TUNABLES}
`;
const NOBODY = { pid: undefined, environ: undefined, limits: undefined, unit: undefined };
const RUNS = { ...NOBODY, pid: 77 };

it.each([
  ['MemTotal:       8000000 kB\nMemAvailable:   4000000 kB\n', 'ok'],
  ['MemTotal:       8000000 kB\nMemAvailable:    200000 kB\n', 'warn'],
  ['MemTotal:       8000000 kB\nMemAvailable:     60000 kB\n', 'fail'],
  ['', 'unknown'],
])('%j: %s', (meminfo, level) => expect(judgeMemory(meminfo).level).toBe(level));

it.each([
  [{ ...RUNS, environ: `PATH=/bin\0GLIBC_TUNABLES=${TUNABLES}\0` }, 'ok'],
  // As glibc 2.36 leaves it.
  [{ ...RUNS, environ: `PATH=/bin\0GLIBC_TUNABLES=${TUNABLES.replace(':', '\0')}\0HOME=/\0` }, 'ok'],
  [{ ...RUNS, environ: `GLIBC_TUNABLES=glibc.malloc.perturb=165\0HOME=/\0` }, 'warn'],
  [{ ...RUNS, environ: `MY_GLIBC_TUNABLES=${TUNABLES}\0` }, 'warn'],
  // What runs counts, not what its unit would have.
  [{ ...RUNS, environ: '', unit: UNIT }, 'warn'],
  [{ ...RUNS, unit: UNIT }, 'unknown'],
  [{ ...NOBODY, unit: UNIT }, 'ok'],
  [{ ...NOBODY, unit: '[Service]\n' }, 'warn'],
  [NOBODY, 'unknown'],
])('tunables of %j: %s', (facts, level) => expect(judgeTunables(facts).level).toBe(level));

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax core file size        ${soft}                    unlimited            bytes\n`;
it.each([
  [{ ...RUNS, limits: limits('0') }, 'ok'],
  [{ ...RUNS, limits: limits('unlimited') }, 'warn'],
  [RUNS, 'unknown'],
  [{ ...NOBODY, unit: UNIT }, 'ok'],
  [{ ...NOBODY, unit: '[Service]\n' }, 'warn'],
])('cores of %j: %s', (facts, level) => expect(judgeCores(facts).level).toBe(level));

it.each([
  [UNIT, 'ok'],
  [UNIT.replace(/Watchdog.*\n/, ''), 'warn'],
  [UNIT.replace(/Restart.*\n/, ''), 'warn'],
  [undefined, 'unknown'],
])('watchdog of %j: %s', (unit, level) => expect(judgeWatchdog({ ...NOBODY, unit }).level).toBe(level));

describe('a planted daemon', () => {
  it('is seen with its surroundings, and drop-ins of its unit', async () => {
    machine = plantedMachine({
      '/proc/77/cmdline': 'node\0/usr/bin/jdpos\0run\0',
      '/proc/77/environ': `GLIBC_TUNABLES=${TUNABLES}\0`,
      '/proc/77/limits': limits('0'),
      '/etc/systemd/system/jdpos.service': UNIT.replace(/Watchdog.*\n/, ''),
      '/etc/systemd/system/jdpos.service.d/watchdog.conf': '[Service]\nWatchdogSec=20\n',
      '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n',
    });
    const findings = [
      ...(await surroundings.run(machine, subjectWith())),
      ...(await memory.run(machine, subjectWith())),
    ];
    expect(findings.map(({ id, level }) => `${id} ${level}`)).toEqual([
      'process.daemon ok',
      'process.tunables ok',
      'process.cores ok',
      'process.watchdog ok',
      'process.memory ok',
    ]);
  });
});
