import {
  afterMs,
  type CardReaders,
  type DriverLog,
  openKeyboardScanner,
  openSerialDisplay,
  openSerialScanner,
  readerLights,
} from '../../drivers/index.ts';
import type { DevicesConfig, DisplayConfig, ScannerConfig } from '../config/devices.ts';
import { present } from '../present.ts';
import { type Devices, listed } from './devices.ts';
import { openPinPad } from './pin-pad.ts';
import { openPrinter } from './printer.ts';

export interface DeviceTools {
  readonly readers: CardReaders;
  readonly log: DriverLog;
}

/** Opens what the settings name. A device that is not there is no error: it is looked for as long as the agent runs. */
export function openDevices(
  { pinPad, scanner, printer, display }: DevicesConfig,
  { readers, log }: DeviceTools,
): Devices & { close(): Promise<void> } {
  const lights = readerLights({ readers, after: afterMs, log });
  const devices: Devices = present({
    lights,
    ...(pinPad && openPinPad(pinPad, { readers, log })),
    scanner: scanner && scannerOf(scanner, log),
    printer: printer && openPrinter(printer, log),
    display: display && displayOf(display, log),
  });
  return {
    ...devices,
    close: async () => {
      lights.close();
      await Promise.all(listed(devices).map(([, device]) => device.close()));
    },
  };
}

const scannerOf = (config: ScannerConfig, log: DriverLog) =>
  config.kind === 'serial'
    ? openSerialScanner({ settings: config, log })
    : openKeyboardScanner({ device: config.device, log });

const displayOf = (config: DisplayConfig, log: DriverLog) =>
  openSerialDisplay({ settings: config, language: config.language, log });
