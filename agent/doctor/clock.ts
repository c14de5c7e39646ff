import { BUILT_AT } from '../software.ts';
import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, Machine } from './machine.ts';

/** @param builtAt when the software was built, epoch milliseconds */
export function judgeBuildDate(now: number, builtAt: number): Finding {
  const id = 'clock.build';
  const at = new Date(now).toISOString();
  if (now >= builtAt) return ok(id, `the clock says ${at}`);
  return fail(
    id,
    `the clock says ${at}, which is before this software was built (${new Date(builtAt).toISOString()})`,
    {
      cause: 'nothing is approved offline under a clock that is wrong for certain',
      remedy: 'timedatectl set-ntp true; look after the battery of the machine’s clock',
    },
  );
}

/** `yes` and `no` are what the system says of itself; undefined: nobody here knows. */
export function judgeSynchronised(synchronised: 'yes' | 'no' | undefined): Finding {
  const id = 'clock.ntp';
  if (synchronised === 'yes') return ok(id, 'the clock is synchronised by NTP');
  if (synchronised === undefined)
    return unknown(
      id,
      'neither timedatectl nor chronyc says whether the clock is synchronised',
      'apt-get install systemd-timesyncd',
    );
  return warn(id, 'the clock is not synchronised', {
    cause: 'a clock that drifts shrinks the offline limits, and dates receipts wrongly',
    remedy: 'timedatectl set-ntp true; timedatectl timesync-status',
  });
}

export function judgeTimeZone(configured: string, system: string | undefined): Finding {
  const id = 'clock.zone';
  if (system === undefined) return unknown(id, 'the time zone of the system is not known');
  if (configured === system) return ok(id, `the time zone is ${configured}`);
  return warn(id, `receipts are in ${configured}, the system is in ${system}`, {
    cause: 'the day of the limits ends by the settings, while logs of the system are by its own time',
    remedy: `timedatectl set-timezone ${configured}; or jdpos config set timeZone ${system}`,
  });
}

export const buildDate: Check = {
  id: 'clock.build',
  limitMs: 1_000,
  run: async ({ now }) => [judgeBuildDate(now(), BUILT_AT)],
};

export const synchronised: Check = {
  id: 'clock.ntp',
  limitMs: 12_000,
  async run(machine) {
    const systemd = await machine.run('timedatectl', ['show', '--property=NTPSynchronized', '--value'], 5_000);
    const said = systemd.kind === 'ended' && systemd.code === 0 ? systemd.out.trim() : '';
    if (said === 'yes' || said === 'no') return [judgeSynchronised(said)];
    const chrony = await machine.run('chronyc', ['-c', 'tracking'], 5_000);
    if (chrony.kind !== 'ended' || chrony.code !== 0) return [judgeSynchronised(undefined)];
    // The last field is the leap status.
    return [judgeSynchronised(/,Not synchronised\s*$/.test(chrony.out) ? 'no' : 'yes')];
  },
};

export const timeZone: Check = {
  id: 'clock.zone',
  limitMs: 2_000,
  async run(machine, { settings }) {
    if (settings.kind === 'invalid')
      return [unknown('clock.zone', 'the settings do not say where the terminal stands')];
    return [judgeTimeZone(settings.config.timeZone, await systemZone(machine))];
  },
};

async function systemZone(machine: Machine): Promise<string | undefined> {
  const link = await machine.link('/etc/localtime');
  return /zoneinfo\/(?:posix\/)?(.+)$/.exec(link ?? '')?.[1] ?? (await machine.read('/etc/timezone'))?.trim();
}
