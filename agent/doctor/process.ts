import { overwritesFreed } from '../memory-sweep.ts';
import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, Machine } from './machine.ts';
import { runningDaemon } from './who.ts';

const MIB = 1_024;
const FAIL_FREE_KIB = 64 * MIB;
const WARN_FREE_KIB = 256 * MIB;

/** @param meminfo /proc/meminfo (proc(5)) */
export function judgeMemory(meminfo: string): Finding {
  const id = 'process.memory';
  const kib = (name: string): number | undefined => {
    const value = new RegExp(`^${name}:\\s+([0-9]+) kB`, 'm').exec(meminfo)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const [free, size] = [kib('MemAvailable'), kib('MemTotal')];
  if (free === undefined || size === undefined) return unknown(id, 'the free memory is not known');
  const what = `${Math.floor(free / MIB)} MiB of ${Math.floor(size / MIB)} MiB of memory are free`;
  const advice = {
    cause: 'the daemon takes some 150 MiB, and more while a whole hotlist arrives',
    remedy: 'ps -eo rss,args --sort=-rss | head; end what is not needed',
  };
  if (free < FAIL_FREE_KIB) return fail(id, what, advice);
  return free < WARN_FREE_KIB ? warn(id, what, advice) : ok(id, what);
}

/** How the daemon runs, or its unit would have it run. */
export interface Surroundings {
  /** Undefined: it does not run. */
  readonly pid: number | undefined;
  /** Environment and limits of the process, as /proc has them; undefined where they may not be read. */
  readonly environ: string | undefined;
  readonly limits: string | undefined;
  /** The service's unit with its drop-ins. */
  readonly unit: string | undefined;
}

const UNIT = 'the unit (docs/operations.md, Keys)';

const notSeen = (id: string, pid: number | undefined): Finding =>
  unknown(
    id,
    pid === undefined ? 'the daemon does not run, and has no unit' : 'this user may not see how the daemon runs',
  );

export function judgeTunables({ pid, environ, unit }: Surroundings): Finding {
  const id = 'process.tunables';
  // glibc parses it where it stands, and leaves a zero byte in place of each colon.
  const found = /(?:^|\0)GLIBC_TUNABLES=([^\0]*(?:\0glibc\.[^\0]*)*)/.exec(environ ?? '')?.[1] ?? '';
  const ofProcess = environ === undefined ? undefined : found.replaceAll('\0', ':');
  const ofUnit = unit === undefined ? undefined : (/^Environment=.*GLIBC_TUNABLES=([^\s"]*)/m.exec(unit)?.[1] ?? '');
  const value = pid === undefined ? ofUnit : ofProcess;
  if (value === undefined) return notSeen(id, pid);
  if (overwritesFreed(value)) return ok(id, 'freed memory is overwritten (GLIBC_TUNABLES)');
  return warn(id, 'freed memory keeps what was in it (GLIBC_TUNABLES is not set)', {
    cause: 'card numbers stay in the memory of the daemon after their payment',
    remedy: `add Environment=GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0 to ${UNIT}; systemctl daemon-reload; systemctl restart jdpos`,
  });
}

export function judgeCores({ pid, limits, unit }: Surroundings): Finding {
  const id = 'process.cores';
  const ofProcess = /^Max core file size\s+(\S+)/m.exec(limits ?? '')?.[1];
  const ofUnit = unit === undefined ? undefined : (/^LimitCORE=(\S+)/m.exec(unit)?.[1] ?? 'the system’s');
  const value = pid === undefined ? ofUnit : ofProcess;
  if (value === undefined) return notSeen(id, pid);
  if (value === '0') return ok(id, 'no core is written when the daemon crashes');
  return warn(id, `a core of the daemon would be written (limit: ${value})`, {
    cause: 'its memory holds the terminal’s keys',
    remedy: `add LimitCORE=0 to ${UNIT}; systemctl daemon-reload; systemctl restart jdpos`,
  });
}

export function judgeWatchdog({ unit }: Surroundings): Finding {
  const id = 'process.watchdog';
  if (unit === undefined) return unknown(id, 'there is no unit of systemd for jdpos', 'jdpos setup installs one');
  const seconds = /^WatchdogSec=(\S+)/m.exec(unit)?.[1];
  const restart = /^Restart=(always|on-failure|on-abnormal|on-watchdog)/m.test(unit);
  if (seconds !== undefined && restart)
    return ok(id, `systemd restarts a daemon that is stuck (WatchdogSec=${seconds})`);
  return warn(
    id,
    seconds === undefined
      ? 'systemd does not notice a daemon that is stuck'
      : 'systemd does not start a daemon that has ended',
    {
      cause: 'a till then stands still until somebody looks',
      remedy: `add WatchdogSec= and Restart=on-failure to ${UNIT}; systemctl daemon-reload; systemctl restart jdpos`,
    },
  );
}

function judgeRunning({ pid }: Pick<Surroundings, 'pid'>): Finding {
  const id = 'process.daemon';
  if (pid !== undefined) return ok(id, `the daemon runs (process ${pid})`);
  return warn(id, 'the daemon does not run', {
    cause: 'nothing can be sold',
    remedy: 'systemctl start jdpos; or jdpos run',
  });
}

const UNITS = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/lib/systemd/system'];

async function unitOf(machine: Machine): Promise<string | undefined> {
  const texts: (string | undefined)[] = [];
  for (const folder of UNITS) {
    if (!texts.some((text) => text !== undefined)) texts.push(await machine.read(`${folder}/jdpos.service`));
    const dropIns = (await machine.list(`${folder}/jdpos.service.d`)) ?? [];
    for (const name of dropIns) texts.push(await machine.read(`${folder}/jdpos.service.d/${name}`));
  }
  const found = texts.filter((text) => text !== undefined);
  return found.length === 0 ? undefined : found.join('\n');
}

export const memory: Check = {
  id: 'process.memory',
  limitMs: 2_000,
  run: async (machine) => [judgeMemory((await machine.read('/proc/meminfo')) ?? '')],
};

export const surroundings: Check = {
  id: 'process.daemon',
  limitMs: 5_000,
  async run(machine) {
    const pid = (await runningDaemon(machine))?.pid;
    const of = async (name: string): Promise<string | undefined> =>
      pid === undefined ? undefined : machine.read(`/proc/${pid}/${name}`);
    const facts = { pid, environ: await of('environ'), limits: await of('limits'), unit: await unitOf(machine) };
    return [judgeRunning, judgeTunables, judgeCores, judgeWatchdog].map((judge) => judge(facts));
  },
};
