import { afterMs, type CardReaders, type DriverLog, readerLights, readerPinEntry } from '../../drivers/index.ts';
import type { DevicesConfig } from '../config/devices.ts';
import type { Devices } from './devices.ts';

export interface DeviceTools {
  readonly readers: CardReaders;
  readonly log: DriverLog;
}

/** Opens what the settings name. A device that is not there is no error: it is looked for as long as the agent runs. */
export function openDevices(
  { pinPad }: DevicesConfig,
  { readers, log }: DeviceTools,
): Devices & { close(): Promise<void> } {
  const lights = readerLights({ readers, after: afterMs, log });
  return {
    lights,
    ...(pinPad?.kind === 'reader' && { pinEntry: readerPinEntry({ readers, log }) }),
    close: async () => lights.close(),
  };
}
