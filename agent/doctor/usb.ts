import type { Machine } from './machine.ts';

/** A device on USB that is, or may be, a card reader. */
export interface UsbDevice {
  /** `072f:2200`, lower case. */
  readonly id: string;
  readonly name: string;
  /** Speaks CCID (USB device class 0B). */
  readonly ccid: boolean;
  /** The kernel's pn533_usb takes it. */
  readonly takenByKernel: boolean;
  /** What is known against it. */
  readonly bad?: string;
}

interface Known {
  readonly name: string;
  readonly takenByKernel?: true;
  readonly bad?: string;
}

/**
 * Readers of which something is known. The numbers of ACS are those of libccid's list; the last two rows, and which of them pn533_usb
 * takes, are from memory.
 */
const KNOWN: Readonly<Record<string, Known>> = {
  '072f:2200': {
    name: 'ACR122U',
    takenByKernel: true,
    bad: 'it stops answering until it is unplugged, and its buffer is too short for long answers',
  },
  '072f:223b': { name: 'ACR1252 Dual Reader' },
  '072f:223e': { name: 'ACR1252 Reader' },
  '072f:2259': { name: 'ACR1252IMP Reader' },
  '072f:2224': { name: 'ACR1281U' },
  '04e6:5591': { name: 'SCL3711', takenByKernel: true, bad: 'it is a bare PN533, which pcscd does not drive' },
  '04cc:2533': { name: 'PN533', takenByKernel: true, bad: 'it is a bare PN533, which pcscd does not drive' },
};

const DEVICES = '/sys/bus/usb/devices';

/** Card readers on USB, known and unknown ones. */
export async function usbDevices(machine: Machine): Promise<UsbDevice[]> {
  const names = (await machine.list(DEVICES)) ?? [];
  const found = await Promise.all(
    names.filter((name) => !name.includes(':')).map((name) => deviceAt(name, names, machine)),
  );
  return found.filter((device) => device !== undefined);
}

async function deviceAt(name: string, all: readonly string[], machine: Machine): Promise<UsbDevice | undefined> {
  const attribute = async (path: string): Promise<string> => (await machine.read(`${DEVICES}/${path}`))?.trim() ?? '';
  const id = `${await attribute(`${name}/idVendor`)}:${await attribute(`${name}/idProduct`)}`.toLowerCase();
  const classes = await Promise.all(
    all.filter((one) => one.startsWith(`${name}:`)).map((one) => attribute(`${one}/bInterfaceClass`)),
  );
  const ccid = classes.includes('0b');
  const known = KNOWN[id];
  if (!ccid && known === undefined) return undefined;
  const product = known?.name ?? ((await attribute(`${name}/product`)) || id);
  return {
    id,
    name: product,
    ccid,
    takenByKernel: known?.takenByKernel ?? false,
    ...(known?.bad && { bad: known.bad }),
  };
}
