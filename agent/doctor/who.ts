import { SERVICE_USER } from '../setup/systemd/unit.ts';
import type { FileFacts, Machine } from './machine.ts';

/** The user as whom the daemon runs, or would. */
export interface Who {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
}

/** A daemon that runs. */
export interface RunningDaemon {
  readonly pid: number;
  readonly uid: number;
  readonly gids: readonly number[];
}

/** Looks through the processes for `jdpos run`. */
export async function runningDaemon(machine: Machine): Promise<RunningDaemon | undefined> {
  const pids = ((await machine.list('/proc')) ?? []).filter((name) => /^[0-9]+$/.test(name));
  for (const pid of pids) {
    const words = (await machine.read(`/proc/${pid}/cmdline`))?.split('\0') ?? [];
    const at = words.findIndex((word) => /(^|\/)jdpos(\.c?js)?$/.test(word));
    if (at < 0 || at > 1 || !words.slice(at + 1).includes('run')) continue;
    const status = (await machine.read(`/proc/${pid}/status`)) ?? '';
    const numbers = (name: string): number[] =>
      (new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number);
    return {
      pid: Number(pid),
      uid: numbers('Uid')[1] ?? 0,
      gids: [...numbers('Gid').slice(1, 2), ...numbers('Groups')],
    };
  }
  return undefined;
}

/** The daemon's user: that of the one that runs, else the service's if it is installed, else whoever looks. */
export async function daemonUser(machine: Machine): Promise<Who> {
  const users = ((await machine.read('/etc/passwd')) ?? '').split('\n').map((line) => line.split(':'));
  const running = await runningDaemon(machine);
  const named = (uid: number): string => users.find((user) => user[2] === String(uid))?.[0] ?? String(uid);
  if (running) return { name: named(running.uid), uid: running.uid, gids: running.gids };
  const service = users.find(([name]) => name === SERVICE_USER);
  const user = service ?? users.find((one) => one[2] === String(machine.uid));
  const name = user?.[0] ?? named(machine.uid);
  const groups = ((await machine.read('/etc/group')) ?? '').split('\n').map((line) => line.split(':'));
  const given = service === undefined ? [] : await unitGroups(machine);
  const member = groups
    .filter(([group = '', , , members = '']) => members.split(',').includes(name) || given.includes(group))
    .map(([, , gid]) => Number(gid));
  return { name, uid: service ? Number(service[2]) : machine.uid, gids: [Number(user?.[3] ?? -1), ...member] };
}

/** Those that the service's unit gives its user beside its own. */
async function unitGroups(machine: Machine): Promise<readonly string[]> {
  const unit = (await machine.read('/etc/systemd/system/jdpos.service')) ?? '';
  return [...unit.matchAll(/^SupplementaryGroups=(.*)$/gm)].flatMap(([, names = '']) => names.split(/\s+/));
}

export async function groupName(machine: Machine, gid: number): Promise<string> {
  const groups = ((await machine.read('/etc/group')) ?? '').split('\n').map((line) => line.split(':'));
  return groups.find((group) => group[2] === String(gid))?.[0] ?? String(gid);
}

/** May this user read and write it? */
export function mayUse(
  { uid, gids }: Who,
  { uid: owner, gid, mode }: Pick<FileFacts, 'uid' | 'gid' | 'mode'>,
): boolean {
  if (uid === 0) return true;
  const shift = uid === owner ? 6 : gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & 6) === 6;
}
