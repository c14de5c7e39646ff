import { type Finding, fail, ok, warn } from './finding.ts';
import type { Check, Machine } from './machine.ts';
import { type UsbDevice, usbDevices } from './usb.ts';

/** Modules of the kernel that take NFC readers for themselves, so that pcscd does not get them. */
export const NFC_MODULES = ['pn533_usb', 'pn533', 'nfc'] as const;

export interface ModuleFacts {
  /** Those of the takers that are loaded or built in. */
  readonly loaded: readonly string[];
  readonly blacklisted: readonly string[];
  /** A reader that the modules take is connected. */
  readonly takenReader: string | undefined;
}

const FILE = '/etc/modprobe.d/jdpos-nfc.conf';
const REMEDY = `printf 'blacklist %s\\n' ${NFC_MODULES.join(' ')} > ${FILE}; modprobe -r ${NFC_MODULES.join(' ')}; systemctl restart pcscd.socket`;

export function judgeModules({ loaded, blacklisted, takenReader }: ModuleFacts): Finding {
  const id = 'readers.modules';
  if (loaded.length === 0) return ok(id, 'no kernel module takes the readers away from pcscd');
  const open = loaded.filter((name) => !blacklisted.includes(name));
  const state = open.length === 0 ? 'loaded, although blacklisted since' : 'loaded';
  const advice = {
    cause: 'the kernel’s NFC drivers take readers with a PN533, such as the ACR122U, before pcscd can',
    remedy: open.length === 0 ? `modprobe -r ${loaded.join(' ')}; systemctl restart pcscd.socket` : REMEDY,
  };
  if (takenReader === undefined)
    return warn(id, `${loaded.join(', ')} is ${state}; no reader is connected that it takes`, advice);
  return fail(id, `${loaded.join(', ')} is ${state}, and a reader is connected that it takes: ${takenReader}`, advice);
}

async function probe(machine: Machine): Promise<ModuleFacts> {
  const lines = ((await machine.read('/proc/modules')) ?? '').split('\n').map((line) => line.split(' ')[0] ?? '');
  const builtIn = (await machine.list('/sys/module')) ?? [];
  const files = (await machine.list('/etc/modprobe.d')) ?? [];
  const texts = await Promise.all(files.map((name) => machine.read(`/etc/modprobe.d/${name}`)));
  const blacklist = texts.join('\n');
  const taken = (await usbDevices(machine)).find(({ takenByKernel }: UsbDevice) => takenByKernel);
  return {
    loaded: NFC_MODULES.filter((name) => lines.includes(name) || builtIn.includes(name)),
    blacklisted: NFC_MODULES.filter((name) =>
      new RegExp(`^\\s*(blacklist\\s+${name}\\b|install\\s+${name}\\s+/bin/(true|false))`, 'm').test(blacklist),
    ),
    takenReader: taken?.name,
  };
}

export const kernelModules: Check = {
  id: 'readers.modules',
  limitMs: 5_000,
  run: async (machine) => [judgeModules(await probe(machine))],
};
