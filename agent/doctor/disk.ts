import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, FileFacts, Machine } from './machine.ts';
import { folderThatIs, stateDirOf } from './state-dir.ts';

const MIB = 2 ** 20;
/** Below it SQLite may fail within a day of sales, and below the other within weeks. */
const FAIL_FREE = 128 * MIB;
const WARN_FREE = 1024 * MIB;

export function judgeSpace(
  folder: string,
  space: { readonly free: number; readonly size: number } | undefined,
): Finding {
  const id = 'disk.space';
  if (space === undefined) return unknown(id, `the space at ${folder} is not known`);
  const what = `${Math.floor(space.free / MIB)} MiB of ${Math.floor(space.size / MIB)} MiB are free at ${folder}`;
  const advice = {
    cause: 'nothing is sold that cannot be stored; a million sales take about 2 GB',
    remedy: `df -h ${folder}; journalctl --vacuum-size=200M; apt-get clean`,
  };
  if (space.free < FAIL_FREE) return fail(id, what, advice);
  return space.free < WARN_FREE ? warn(id, what, advice) : ok(id, what);
}

const IN_MEMORY = ['tmpfs', 'ramfs'];
const OVER_NETWORK = ['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'fuse.sshfs', 'ceph', 'fuse.glusterfs', 'afs'];
const LAYERED = ['overlay', 'aufs'];

export function judgeFileSystem(folder: string, type: string | undefined): Finding {
  const id = 'disk.file-system';
  if (type === undefined) return unknown(id, `the file system at ${folder} is not known`);
  const remedy =
    'put the state folder on a disk of this machine: jdpos config set stateDir FOLDER (before the first sale)';
  if (IN_MEMORY.includes(type))
    return fail(id, `${folder} is in memory (${type})`, {
      cause: 'every sale that is not uploaded is gone with the power',
      remedy,
    });
  if (OVER_NETWORK.includes(type))
    return fail(id, `${folder} is on another machine (${type})`, {
      cause: 'neither its locks nor its syncs can be relied on',
      remedy,
    });
  if (LAYERED.includes(type))
    return warn(id, `${folder} is in a container’s layer (${type})`, {
      cause: 'it is gone with the container',
      remedy: 'mount a volume of the machine there',
    });
  return ok(id, `${folder} is on ${type}`);
}

/** The type of the mount that a path is on. @param mountinfo of /proc/self (proc(5)) */
export function fileSystemOf(path: string, mountinfo: string): string | undefined {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const point = left
      .split(' ')[4]
      ?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    return point === undefined ? [] : [{ point, type: right.split(' ')[0] }];
  });
  const holding = mounts.filter(({ point }) => path === point || path.startsWith(point === '/' ? '/' : `${point}/`));
  // Of two mounts on one point the later one is seen.
  return holding.sort(
    (one, other) => other.point.length - one.point.length || mounts.indexOf(other) - mounts.indexOf(one),
  )[0]?.type;
}

const SLOW_MS = 30;
const TOO_SLOW_MS = 200;
/** No disk confirms so quickly; a controller's memory with a battery may. */
const TOO_QUICK_MS = 0.02;
const SYNCS = 40;

export function judgeSync(folder: string, times: readonly number[] | string): Finding {
  const id = 'disk.sync';
  if (typeof times === 'string')
    return unknown(
      id,
      `syncing at ${folder} could not be measured: ${times}`,
      'run it as the daemon’s user, or as root',
    );
  const sorted = [...times].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const what = `8 KiB are on the disk after ${ms(median)} (median of ${times.length}), ${ms(sorted.at(-1) ?? 0)} at worst`;
  const slow = {
    cause: 'each sale waits for some of these before it is approved',
    remedy: 'take an SSD made for writing; look for a failing disk: smartctl -a',
  };
  if (median > TOO_SLOW_MS) return fail(id, what, slow);
  if (median > SLOW_MS) return warn(id, what, slow);
  if (median < TOO_QUICK_MS)
    return warn(id, what, {
      cause: 'no disk is so quick: something says "stored" that only holds it in memory',
      remedy: 'look at the mount options and at the write cache of the disk or the virtual machine',
    });
  return ok(id, what);
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

export function judgeFolder(folder: string, facts: FileFacts | undefined): Finding {
  const id = 'disk.folder';
  if (facts === undefined)
    return warn(id, `${folder} is not there, or not to be seen`, {
      cause: 'the daemon makes it at its first start, if it may',
      remedy: `install -d -m 700 -o jdpos -g jdpos ${folder}`,
    });
  if (facts.kind !== 'folder')
    return fail(id, `${folder} is no folder`, {
      cause: 'the queue cannot be there',
      remedy: 'jdpos config set stateDir FOLDER',
    });
  if ((facts.mode & 0o077) !== 0)
    return warn(id, `others than its owner may enter ${folder} (mode ${facts.mode.toString(8)})`, {
      cause: 'it holds the queue and its key',
      remedy: `chmod 700 ${folder}`,
    });
  return ok(id, `${folder} is for its owner alone`);
}

type Look = (machine: Machine, folder: string) => Promise<Finding>;

const lookAt = (id: string, limitMs: number, look: Look): Check => ({
  id,
  limitMs,
  async run(machine, subject) {
    const folder = stateDirOf(machine, subject);
    return [folder === undefined ? unknown(id, 'the settings name no state folder') : await look(machine, folder)];
  },
});

/** As long as the folder is not there, the disk is judged on which it would be made. */
const onDisk =
  (look: Look): Look =>
  async (machine, folder) =>
    look(machine, await folderThatIs(machine, folder));

export const diskChecks: readonly Check[] = [
  lookAt('disk.folder', 3_000, async (machine, folder) => judgeFolder(folder, await machine.facts(folder))),
  lookAt(
    'disk.space',
    3_000,
    onDisk(async (machine, folder) => judgeSpace(folder, await machine.space(folder))),
  ),
  lookAt(
    'disk.file-system',
    3_000,
    onDisk(async (machine, folder) => {
      const mounts = (await machine.read('/proc/self/mountinfo')) ?? '';
      return judgeFileSystem(folder, fileSystemOf((await machine.real(folder)) ?? folder, mounts));
    }),
  ),
  lookAt(
    'disk.sync',
    20_000,
    onDisk(async (machine, folder) => judgeSync(folder, await machine.syncTimes(folder, SYNCS))),
  ),
];
