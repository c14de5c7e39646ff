// The table alone: the index loads native modules, which the doctor is to examine.
import { readerMakeOnUsb } from '../../drivers/reader-makes.ts';
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
  const known = readerMakeOnUsb(id);
  if (!ccid && known === undefined) return undefined;
  const product = known?.usb[id] ?? ((await attribute(`${name}/product`)) || id);
  return {
    id,
    name: product,
    ccid,
    takenByKernel: known?.takenByKernel ?? false,
    ...(known?.standing === 'known-bad' && known.advice !== undefined && { bad: known.advice }),
  };
}
