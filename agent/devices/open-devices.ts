import type { CardReaders, DriverLog } from '../../drivers/index.ts';
import type { DevicesConfig } from '../config/devices.ts';
import type { Devices } from './devices.ts';
import { openPrinter } from './printer.ts';

export interface DeviceTools {
  readonly readers: CardReaders;
  readonly log: DriverLog;
}

/** Opens what the settings name. A device that is not there is no error: it is looked for as long as the agent runs. */
export function openDevices(settings: DevicesConfig, { log }: DeviceTools): Devices & { close(): Promise<void> } {
  const printer = settings.printer && openPrinter(settings.printer, log);
  return {
    ...(printer && { printer }),
    close: async () => {
      await printer?.close();
    },
  };
}
