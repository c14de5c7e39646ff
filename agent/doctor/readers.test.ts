import { afterEach, describe, expect, it } from 'vitest';
import { judgeModules, kernelModules } from './kernel-modules.ts';
import { judgePolkit, polkit } from './polkit.ts';
import { escapeSetting, judgeEscape, judgePcscd, judgeReaders, readersOnUsb } from './readers.ts';
import { plantedMachine, subjectWith } from './test-machine.ts';
import { usbDevices } from './usb.ts';

let machine: ReturnType<typeof plantedMachine> | undefined;
afterEach(() => machine?.remove());

const ACR122U = {
  '/sys/bus/usb/devices/1-2/idVendor': '072f\n',
  '/sys/bus/usb/devices/1-2/idProduct': '2200\n',
  '/sys/bus/usb/devices/1-2/product': 'ACR122U PICC Interface\n',
  '/sys/bus/usb/devices/1-2:1.0/bInterfaceClass': '0b\n',
};
const ACR1252U = {
  '/sys/bus/usb/devices/1-3/idVendor': '072f\n',
  '/sys/bus/usb/devices/1-3/idProduct': '223b\n',
  '/sys/bus/usb/devices/1-3:1.0/bInterfaceClass': '0b\n',
};
const MOUSE = {
  '/sys/bus/usb/devices/1-4/idVendor': '046d\n',
  '/sys/bus/usb/devices/1-4/idProduct': 'c077\n',
  '/sys/bus/usb/devices/1-4:1.0/bInterfaceClass': '03\n',
};
const OTHER = {
  '/sys/bus/usb/devices/2-1/idVendor': '08e6\n',
  '/sys/bus/usb/devices/2-1/idProduct': '3437\n',
  '/sys/bus/usb/devices/2-1/product': 'USB SmartCard Reader\n',
  '/sys/bus/usb/devices/2-1:1.0/bInterfaceClass': '0b\n',
};
const LOADED = {
  '/proc/modules': 'pn533_usb 20480 0 - Live 0x0\npn533 45056 1 pn533_usb, Live 0x0\nnfc 131072 1 pn533\n',
};

describe('kernel modules', () => {
  const all = ['pn533_usb', 'pn533', 'nfc'];
  it.each([
    [{ loaded: [], blacklisted: [], takenReader: 'ACR122U' }, 'ok', undefined],
    [{ loaded: all, blacklisted: [], takenReader: 'ACR122U' }, 'fail', 'blacklist'],
    [{ loaded: all, blacklisted: [], takenReader: undefined }, 'warn', 'blacklist'],
    [{ loaded: all, blacklisted: all, takenReader: 'ACR122U' }, 'fail', 'modprobe -r pn533_usb pn533 nfc'],
    [{ loaded: ['nfc'], blacklisted: all, takenReader: undefined }, 'warn', 'modprobe -r nfc'],
  ] as const)('%j: %s', (facts, level, remedy) => {
    const finding = judgeModules(facts);
    expect(finding.level).toBe(level);
    expect(finding.remedy?.includes(remedy ?? '') ?? remedy === undefined).toBe(true);
  });

  it('are found in /proc/modules, and built in', async () => {
    machine = plantedMachine({ ...LOADED, ...ACR122U });
    expect(await kernelModules.run(machine, subjectWith())).toMatchObject([{ level: 'fail' }]);
    machine.remove();
    machine = plantedMachine({ '/sys/module/pn533_usb/refcnt': '0' });
    expect(await kernelModules.run(machine, subjectWith())).toMatchObject([{ level: 'warn' }]);
  });

  it('a blacklist counts, a comment does not', async () => {
    const lines = (prefix: string) => ['pn533_usb', 'pn533', 'nfc'].map((name) => `${prefix} ${name}`).join('\n');
    machine = plantedMachine({ ...LOADED, '/etc/modprobe.d/nfc.conf': lines('blacklist') });
    expect((await kernelModules.run(machine, subjectWith()))[0]?.what).toContain('although blacklisted');
    machine.remove();
    machine = plantedMachine({ ...LOADED, '/etc/modprobe.d/nfc.conf': lines('# blacklist') });
    expect((await kernelModules.run(machine, subjectWith()))[0]?.what).not.toContain('although blacklisted');
  });
});

describe('readers on USB', () => {
  it('are told by their numbers and their class', async () => {
    machine = plantedMachine({ ...ACR122U, ...ACR1252U, ...MOUSE, ...OTHER });
    expect((await usbDevices(machine)).map(({ id, name }) => [id, name]).sort()).toEqual([
      ['072f:2200', 'ACR122U'],
      ['072f:223b', 'ACR1252 Dual Reader'],
      ['08e6:3437', 'USB SmartCard Reader'],
    ]);
    const levels = (await readersOnUsb.run(machine, subjectWith())).map(({ level }) => level);
    expect(levels.sort()).toEqual(['ok', 'ok', 'warn']);
  });

  it('none, and no USB at all', () => {
    expect(judgeReaders([])).toMatchObject([{ level: 'warn' }]);
    expect(judgeReaders(undefined)).toMatchObject([{ level: 'unknown' }]);
  });
});

describe('escape commands', () => {
  const plist = (options: string) => `<key>ifdDriverOptions</key>\n\t<string>${options}</string>\n`;
  const acs = [{ id: '072f:223b', name: 'ACR1252U', ccid: true, takenByKernel: false }];
  it.each([
    ['0x0001', acs, 'ok'],
    ['0x0005', acs, 'ok'],
    ['0x0000', acs, 'warn'],
    ['0x0004', acs, 'warn'],
    ['0x0000', [], 'ok'],
  ] as const)('ifdDriverOptions %s', (options, devices, level) => {
    expect(judgeEscape(plist(options), devices).level).toBe(level);
  });

  it('without libccid, and without the key', async () => {
    expect(judgeEscape('<plist/>', acs).level).toBe('unknown');
    machine = plantedMachine({});
    expect(await escapeSetting.run(machine, subjectWith())).toMatchObject([
      { level: 'fail', remedy: 'apt-get install libccid' },
    ]);
    machine.remove();
    machine = plantedMachine({ '/etc/libccid_Info.plist': plist('0x0000'), ...ACR1252U });
    expect(await escapeSetting.run(machine, subjectWith())).toMatchObject([{ level: 'warn' }]);
  });
});

describe('pcscd', () => {
  const socket = '/run/pcscd/pcscd.comm';
  const version = 'pcsc-lite version 1.9.9.\nCopyright';
  it.each([
    [{ version, socket, connected: 'ok' }, 'ok', /1\.9\.9\)/],
    [{ version, socket, connected: 'ENOENT' }, 'fail', /does not run/],
    [{ version, socket, connected: 'ECONNREFUSED' }, 'fail', /does not answer/],
    [{ version, socket, connected: 'EACCES' }, 'fail', /may not open/],
    [{ version: undefined, socket, connected: 'ENOENT' }, 'fail', /not installed/],
    [{ version: undefined, socket, connected: 'ok' }, 'ok', /answers/],
  ])('%j', (facts, level, what) => {
    expect(judgePcscd(facts)).toMatchObject({ level, what: expect.stringMatching(what) });
  });
});

describe('polkit', () => {
  const rules = 'action.id == "org.debian.pcsc-lite.access_pcsc" || action.id == "org.debian.pcsc-lite.access_card"';
  const jdpos = { name: 'jdpos', uid: 998 };
  it.each([
    [{ asked: false, user: jdpos, rules: '' }, 'ok'],
    [{ asked: true, user: { name: 'root', uid: 0 }, rules: '' }, 'ok'],
    [{ asked: true, user: jdpos, rules }, 'ok'],
    [{ asked: true, user: jdpos, rules: undefined }, 'unknown'],
    [{ asked: true, user: jdpos, rules: 'action.id == "org.debian.pcsc-lite.access_pcsc"' }, 'fail'],
    [{ asked: true, user: jdpos, rules: '' }, 'fail'],
  ])('%j: %s', (facts, level) => expect(judgePolkit(facts).level).toBe(level));

  it('the rules are looked for where polkit does', async () => {
    const asked = { '/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy': '<policyconfig/>' };
    const passwd = { '/etc/passwd': 'root:x:0:0::/root:/bin/sh\njdpos:x:998:998::/:/bin/false\n' };
    machine = plantedMachine({ ...asked, ...passwd, '/etc/polkit-1/rules.d/50-other.rules': '' });
    const [lacking] = await polkit.run(machine, subjectWith());
    expect(lacking).toMatchObject({ level: 'fail', remedy: expect.stringContaining('subject.user == "jdpos"') });
    machine.remove();
    machine = plantedMachine({ ...asked, ...passwd, '/usr/share/polkit-1/rules.d/50-jdpos.rules': rules });
    expect(await polkit.run(machine, subjectWith())).toMatchObject([{ level: 'ok' }]);
  });
});
