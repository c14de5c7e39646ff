// The table alone: the index loads native modules, which the doctor is to examine.
import { READER_TO_ORDER } from '../../drivers/reader-makes.ts';
import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, Machine } from './machine.ts';
import { type UsbDevice, usbDevices } from './usb.ts';

/** Which card readers hang on USB, and what is known against them. */
export function judgeReaders(devices: readonly UsbDevice[] | undefined): Finding[] {
  const id = 'readers.usb';
  if (devices === undefined) return [unknown(id, 'this system shows no USB devices (/sys/bus/usb)')];
  if (devices.length === 0)
    return [
      warn(id, 'no card reader is connected by USB', {
        cause: 'without one no card can be read',
        remedy: `plug one in, or ${READER_TO_ORDER}`,
      }),
    ];
  return devices.map(({ name, id: usb, bad }) => {
    if (bad === undefined) return ok(id, `${name} (${usb}) is connected`);
    return warn(id, `${name} (${usb}) is connected, which is known to fail`, { cause: bad, remedy: READER_TO_ORDER });
  });
}

export const readersOnUsb: Check = {
  id: 'readers.usb',
  limitMs: 5_000,
  async run(machine) {
    const there = await machine.list('/sys/bus/usb/devices');
    return judgeReaders(there && (await usbDevices(machine)));
  },
};

const PLISTS = ['/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist', '/etc/libccid_Info.plist'];

/** @param plist of libccid; undefined: it is not installed */
export function judgeEscape(plist: string | undefined, devices: readonly UsbDevice[]): Finding {
  const id = 'readers.escape';
  if (plist === undefined)
    return fail(id, 'libccid is not installed', {
      cause: 'pcscd drives no USB reader without it',
      remedy: 'apt-get install libccid',
    });
  const options = /<key>ifdDriverOptions<\/key>\s*<string>\s*(0x[0-9A-Fa-f]+|[0-9]+)\s*<\/string>/.exec(plist)?.[1];
  if (options === undefined) return unknown(id, 'libccid’s Info.plist has no ifdDriverOptions');
  if ((Number(options) & 1) === 1) return ok(id, `escape commands are let through (ifdDriverOptions ${options})`);
  if (!devices.some(({ id: usb }) => usb.startsWith('072f:')))
    return ok(id, `escape commands are blocked (ifdDriverOptions ${options}); no reader is connected that needs them`);
  return warn(id, `escape commands are blocked (ifdDriverOptions ${options})`, {
    cause: 'light and buzzer of ACS readers are switched by them while no card is there',
    remedy: `sed -i '/<key>ifdDriverOptions</{n;s/0x[0-9A-Fa-f]*/0x0001/}' /etc/libccid_Info.plist; systemctl restart pcscd`,
  });
}

export const escapeSetting: Check = {
  id: 'readers.escape',
  limitMs: 5_000,
  async run(machine) {
    const texts = await Promise.all(PLISTS.map((path) => machine.read(path)));
    return [
      judgeEscape(
        texts.find((text) => text !== undefined),
        await usbDevices(machine),
      ),
    ];
  },
};

export interface PcscFacts {
  /** What `pcscd --version` prints; undefined: there is no such program. */
  readonly version: string | undefined;
  readonly socket: string;
  /** `ok`, or the system's code. */
  readonly connected: string;
}

const START = 'systemctl enable --now pcscd.socket';

export function judgePcscd({ version, socket, connected }: PcscFacts): Finding {
  const id = 'readers.pcscd';
  const number = /version ([0-9.]+[0-9])/.exec(version ?? '')?.[1] ?? 'of unknown version';
  if (connected === 'ok')
    return ok(id, `pcscd (${version === undefined ? 'not on this path' : number}) answers at ${socket}`);
  const cause = 'every card reader is reached through pcscd';
  if (version === undefined)
    return fail(id, 'pcscd is not installed', { cause, remedy: `apt-get install pcscd libccid; ${START}` });
  if (connected === 'ENOENT')
    return fail(id, `pcscd (${number}) does not run: there is no ${socket}`, { cause, remedy: START });
  if (connected === 'EACCES')
    return fail(id, `this user may not open ${socket}`, {
      cause,
      remedy: `run the doctor as the daemon’s user or as root; ls -l ${socket}`,
    });
  return fail(id, `pcscd (${number}) does not answer at ${socket}: ${connected}`, {
    cause,
    remedy: 'systemctl restart pcscd.socket pcscd.service; journalctl -u pcscd',
  });
}

export const pcscd: Check = {
  id: 'readers.pcscd',
  limitMs: 10_000,
  async run(machine: Machine) {
    const socket = machine.environment['PCSCLITE_CSOCK_NAME'] ?? '/run/pcscd/pcscd.comm';
    const ran = await machine.run('pcscd', ['--version'], 5_000);
    const version = ran.kind === 'ended' ? ran.out : undefined;
    return [judgePcscd({ version, socket, connected: await machine.connect(socket) })];
  },
};
