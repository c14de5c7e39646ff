import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diskChecks, fileSystemOf, judgeFileSystem, judgeFolder, judgeSpace, judgeSync } from './disk.ts';
import { examine } from './examine.ts';
import { plantedMachine, subjectWith } from './test-machine.ts';
import { thisMachine } from './this-machine.ts';

const MIB = 2 ** 20;

it.each([
  [{ free: 5_000 * MIB, size: 9_000 * MIB }, 'ok'],
  [{ free: 1_023 * MIB, size: 9_000 * MIB }, 'warn'],
  [{ free: 127 * MIB, size: 9_000 * MIB }, 'fail'],
  [undefined, 'unknown'],
])('space %j: %s', (space, level) => expect(judgeSpace('/var/lib/jdpos', space).level).toBe(level));

it.each([
  ['ext4', 'ok'],
  ['btrfs', 'ok'],
  ['tmpfs', 'fail'],
  ['nfs4', 'fail'],
  ['fuse.sshfs', 'fail'],
  ['overlay', 'warn'],
  [undefined, 'unknown'],
])('a state folder on %s: %s', (type, level) => expect(judgeFileSystem('/var/lib/jdpos', type).level).toBe(level));

const MOUNTS = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 27 0:40 / /var/lib rw,relatime shared:3 - nfs4 host:/x rw
31 30 0:41 / /var/lib/my\\040folder rw - tmpfs tmpfs rw
32 27 0:42 / /srv rw - ext4 /dev/sdb1 rw
33 32 0:43 / /srv rw - xfs /dev/sdc1 rw
`;

it.each([
  ['/home/till', 'ext4'],
  ['/', 'ext4'],
  ['/var/lib', 'nfs4'],
  ['/var/lib/jdpos', 'nfs4'],
  ['/var/library', 'ext4'],
  ['/var/lib/my folder/state', 'tmpfs'],
  ['/srv/jdpos', 'xfs'],
])('%s is on %s', (path, type) => expect(fileSystemOf(path, MOUNTS)).toBe(type));

it.each([
  [[1, 2, 3], 'ok'],
  // One that took long among quick ones is told, and is no fault.
  [[1, 2, 900], 'ok'],
  [[40, 50, 60], 'warn'],
  [[300, 300, 1], 'fail'],
  [[0.001, 0.002, 0.003], 'warn'],
  ['EACCES', 'unknown'],
])('syncs of %j ms: %s', (times, level) => expect(judgeSync('/var/lib/jdpos', times).level).toBe(level));

it.each([
  [{ kind: 'folder', uid: 0, gid: 0, mode: 0o700 }, 'ok'],
  [{ kind: 'folder', uid: 0, gid: 0, mode: 0o750 }, 'warn'],
  [{ kind: 'file', uid: 0, gid: 0, mode: 0o700 }, 'fail'],
  [undefined, 'warn'],
] as const)('a folder as %j: %s', (facts, level) => expect(judgeFolder('/var/lib/jdpos', facts).level).toBe(level));

it('a folder that is not there yet is judged by the disk on which it will be', async () => {
  const machine = plantedMachine({ '/proc/self/mountinfo': MOUNTS.replace('nfs4', 'tmpfs') });
  const findings = await examine(diskChecks, machine, subjectWith({ stateDir: '/var/lib/jdpos/deep/inside' }));
  machine.remove();
  expect(findings.map(({ id, level }) => [id, level])).toEqual([
    ['disk.folder', 'warn'],
    ['disk.space', expect.stringMatching(/ok|warn|fail/)],
    ['disk.file-system', 'ok'],
    ['disk.sync', 'ok'],
  ]);
});

it('syncs are measured on the real disk, and leave nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-doctor-'));
  mkdirSync(join(folder, 'state'));
  const machine = thisMachine({}, { now: Date.now });
  const times = await machine.syncTimes(join(folder, 'state'), 5);
  expect(times).toHaveLength(5);
  expect(readdirSync(join(folder, 'state'))).toEqual([]);
  expect(await machine.syncTimes(join(folder, 'nowhere'), 5)).toBe('ENOENT');
  rmSync(folder, { recursive: true });
});
