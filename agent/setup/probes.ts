import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CardReaders, DriverLog } from '../../drivers/index.ts';
import type { DevicesConfig } from '../config/devices.ts';
import type { Devices } from '../devices/devices.ts';
import { openDevices } from '../devices/open-devices.ts';
import { type FoundDevice, findDevices } from './found-devices.ts';

/** What the setup needs of the machine's devices; opened by it and closed again, so that the daemon finds them free. */
export interface Probes {
  /** Serial ports, printers and scanners that type. */
  found(): readonly FoundDevice[];
  /** PC/SC readers, once the service has named them. Throws DriverError. */
  readers(): Promise<CardReaders>;
  /** Opens devices as the daemon will. */
  open(settings: DevicesConfig, readers: CardReaders): Devices & { close(): Promise<void> };
}

const quiet: DriverLog = () => {};

/** The devices of this machine, through the drivers of the daemon. They are where they are, wherever the terminal is put. */
export function probes(parts: { readonly root: string; readonly openReaders: Probes['readers'] }): Probes {
  return {
    // A root with a /dev of its own is a machine of its own.
    found: () => findDevices(existsSync(join(parts.root, 'dev')) ? parts.root : '/'),
    readers: parts.openReaders,
    open: (settings, readers) => openDevices(settings, { readers, log: quiet }),
  };
}
