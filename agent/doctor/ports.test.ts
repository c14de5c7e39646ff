import { afterEach, describe, expect, it } from 'vitest';
import { judgeModemManager, judgePort, modemManager, portAccess } from './ports.ts';
import { plantedMachine, subjectWith } from './test-machine.ts';
import { daemonUser, mayUse, runningDaemon } from './who.ts';

let machine: ReturnType<typeof plantedMachine> | undefined;
afterEach(() => machine?.remove());

const PASSWD = 'root:x:0:0::/root:/bin/sh\ninstaller:x:1000:1000::/home/i:/bin/sh\njdpos:x:998:998::/:/bin/false\n';
const GROUP = 'dialout:x:20:jdpos,installer\nlp:x:7:\njdpos:x:998:\n';
const PROCESS = {
  '/proc/77/cmdline':
    'node\0/usr/lib/node_modules/jdpos/dist/agent/cli/jdpos.cjs\0run\0--config\0/etc/jdpos/config.json\0',
  '/proc/77/status': 'Name:\tnode\nUid:\t996\t996\t996\t996\nGid:\t995\t995\t995\t995\nGroups:\t20 7 \n',
};

describe('the user of the daemon', () => {
  it('is that of the one that runs', async () => {
    machine = plantedMachine({ ...PROCESS, '/etc/passwd': PASSWD, '/proc/12/cmdline': 'bash\0' });
    expect(await runningDaemon(machine)).toEqual({ pid: 77, uid: 996, gids: [995, 20, 7] });
    expect(await daemonUser(machine)).toEqual({ name: '996', uid: 996, gids: [995, 20, 7] });
  });

  it('is not whoever talks of it', async () => {
    machine = plantedMachine({
      '/proc/12/cmdline': 'vi\0/etc/jdpos/run\0',
      '/proc/13/cmdline': 'node\0/opt/jdpos\0status\0',
      '/proc/14/cmdline': 'grep\0-r\0jdpos\0run\0',
    });
    expect(await runningDaemon(machine)).toBeUndefined();
  });

  it('is that of the service, else whoever looks', async () => {
    machine = plantedMachine({ '/etc/passwd': PASSWD, '/etc/group': GROUP });
    expect(await daemonUser(machine)).toEqual({ name: 'jdpos', uid: 998, gids: [998, 20] });
    machine.remove();
    // What its unit gives it counts as well.
    const unit = { '/etc/systemd/system/jdpos.service': '[Service]\nSupplementaryGroups=dialout lp\n' };
    machine = plantedMachine({ '/etc/passwd': PASSWD, '/etc/group': GROUP, ...unit });
    expect(await daemonUser(machine)).toEqual({ name: 'jdpos', uid: 998, gids: [998, 20, 7] });
    machine.remove();
    machine = plantedMachine({ '/etc/passwd': PASSWD.replace(/jdpos.*\n/, ''), '/etc/group': GROUP });
    expect(await daemonUser(machine)).toEqual({ name: 'installer', uid: 1000, gids: [1000, 20] });
  });

  it.each([
    [0, [], { uid: 1, gid: 1, mode: 0o000 }, true],
    [5, [], { uid: 5, gid: 1, mode: 0o600 }, true],
    [5, [20], { uid: 0, gid: 20, mode: 0o660 }, true],
    [5, [21], { uid: 0, gid: 20, mode: 0o660 }, false],
    [5, [20], { uid: 0, gid: 20, mode: 0o640 }, false],
    [5, [], { uid: 0, gid: 0, mode: 0o666 }, true],
    // The owner's bits hold for the owner, also where the group's say more.
    [5, [20], { uid: 5, gid: 20, mode: 0o060 }, false],
  ])('uid %i in %j may use %j: %s', (uid, gids, facts, may) => {
    expect(mayUse({ name: 'x', uid, gids }, facts)).toBe(may);
  });
});

describe('ports of devices', () => {
  const port = { setting: 'devices.scanner.port', path: '/dev/ttyACM0', group: 'dialout' };
  const user = { name: 'jdpos', uid: 998, gids: [998] };
  const device = { kind: 'device', uid: 0, gid: 20, mode: 0o660 } as const;
  it.each([
    ['ok', { ...user, gids: [20] }, device, undefined],
    ['fail', user, device, 'usermod -aG dialout jdpos'],
    ['fail', user, undefined, '/dev/serial/by-path'],
    ['fail', user, { ...device, kind: 'file' as const }, 'ls -lL'],
  ] as const)('%s', (level, who, facts, remedy) => {
    const finding = judgePort({ ...port, user: who, facts });
    expect(finding.level).toBe(level);
    expect(finding.remedy ?? '').toContain(remedy ?? '');
  });

  it('are those that the settings name', async () => {
    machine = plantedMachine({ '/dev/usb/lp0': '', '/etc/passwd': PASSWD, '/etc/group': GROUP });
    const devices = {
      printer: { kind: 'usb', device: '/dev/usb/lp0' },
      scanner: { kind: 'serial', port: '/dev/ttyACM0' },
    };
    const findings = await portAccess.run(machine, subjectWith({ devices }));
    // What stands there in the planted tree is a file.
    expect(findings.map(({ what }) => what)).toEqual([
      '/dev/ttyACM0 (devices.scanner.port) is not there',
      '/dev/usb/lp0 (devices.printer.device) is no device',
    ]);
    expect(await portAccess.run(machine, subjectWith())).toMatchObject([{ level: 'ok' }]);
  });
});

describe('ModemManager', () => {
  it.each([
    [{ running: false, ignored: false, ports: ['/dev/ttyACM0'] }, 'ok'],
    [{ running: true, ignored: true, ports: ['/dev/ttyACM0'] }, 'ok'],
    [{ running: true, ignored: false, ports: ['/dev/ttyACM0'] }, 'warn'],
    [{ running: true, ignored: false, ports: [] }, 'warn'],
  ])('%j: %s', (facts, level) => expect(judgeModemManager(facts).level).toBe(level));

  it('is found among the processes, and its rule among those of udev', async () => {
    const running = { '/proc/9/comm': 'ModemManager\n', '/dev/ttyACM0': '' };
    machine = plantedMachine({ ...running, '/etc/udev/rules.d/78.rules': '# ENV{ID_MM_DEVICE_IGNORE}="1"\n' });
    expect(await modemManager.run(machine, subjectWith())).toMatchObject([
      { level: 'warn', what: expect.stringContaining('ttyACM0') },
    ]);
    machine.remove();
    machine = plantedMachine({
      ...running,
      '/etc/udev/rules.d/78.rules': 'KERNEL=="ttyACM*", ENV{ID_MM_DEVICE_IGNORE}="1"\n',
    });
    expect(await modemManager.run(machine, subjectWith())).toMatchObject([{ level: 'ok' }]);
  });
});
