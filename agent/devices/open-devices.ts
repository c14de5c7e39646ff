import type { CardReaders, DriverLog } from '../../drivers/index.ts';
import type { DevicesConfig } from '../config/devices.ts';
import { type Devices, listed } from './devices.ts';
import { openPinPad } from './pin-pad.ts';

export interface DeviceTools {
  readonly readers: CardReaders;
  readonly log: DriverLog;
}

/** Opens what the settings name. A device that is not there is no error: it is looked for as long as the agent runs. */
export function openDevices({ pinPad }: DevicesConfig, { log }: DeviceTools): Devices & { close(): Promise<void> } {
  const devices: Devices = { ...(pinPad && openPinPad(pinPad, log)) };
  return {
    ...devices,
    close: async () => {
      await Promise.all(listed(devices).map(([, device]) => device.close()));
    },
  };
}
