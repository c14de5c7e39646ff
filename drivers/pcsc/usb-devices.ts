import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One interface of a USB device that is plugged in now, as the kernel shows it under /sys/bus/usb/devices. */
export interface UsbInterface {
  /** Where it hangs: bus, ports through the hubs, configuration and interface, as in `1-1.2:1.0`. It stays when it is re-plugged. */
  readonly port: string;
  /** The device's part of it: `1-1.2`. */
  readonly devicePort: string;
  /** Numbers of bus and device: another device number after each plug-in. */
  readonly bus: number;
  readonly device: number;
  /** bInterfaceClass; 0x0b is a smart card reader (CCID). */
  readonly interfaceClass: number;
  /** What the device calls the interface, and its serial number: pcscd puts both into the reader's name. */
  readonly interfaceName: string | undefined;
  readonly serial: string | undefined;
}

/** Of Linux; tests plant another. */
export const USB_DEVICES = '/sys/bus/usb/devices';

const INTERFACE = /^(\d+-\d+(?:\.\d+)*):\d+\.\d+$/;

/** All interfaces of all USB devices; none where there is no such folder. What goes away while it is read is left out. */
export function usbInterfaces(root: string): UsbInterface[] {
  return names(root).flatMap((port) => {
    const devicePort = INTERFACE.exec(port)?.[1];
    return devicePort === undefined ? [] : (interfaceAt(root, port, devicePort) ?? []);
  });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function interfaceAt(root: string, port: string, devicePort: string): UsbInterface | undefined {
  const [bus, device] = [number(root, devicePort, 'busnum', 10), number(root, devicePort, 'devnum', 10)];
  const interfaceClass = number(root, port, 'bInterfaceClass', 16);
  if (bus === undefined || device === undefined || interfaceClass === undefined) return undefined;
  const interfaceName = text(root, port, 'interface');
  return { port, devicePort, bus, device, interfaceClass, interfaceName, serial: text(root, devicePort, 'serial') };
}

function text(...path: readonly string[]): string | undefined {
  try {
    return readFileSync(join(...path), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function number(root: string, folder: string, file: string, radix: 10 | 16): number | undefined {
  const read = text(root, folder, file);
  return read !== undefined && /^[0-9a-f]+$/i.test(read) ? Number.parseInt(read, radix) : undefined;
}
