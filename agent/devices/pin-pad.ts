import { type DriverLog, openSerialPinPad } from '../../drivers/index.ts';
import type { PinPadConfig } from '../config/devices.ts';
import { present } from '../present.ts';
import type { Devices } from './devices.ts';
import { openOnScreenPad } from './on-screen-pad.ts';

/** The PIN pad that the settings name. The keys of a card reader are opened with the readers. */
export function openPinPad(config: PinPadConfig, log: DriverLog): Devices {
  switch (config.kind) {
    case 'serial': {
      const { kind: _, keySlot: slot, blockFormat: format, ...line } = config;
      const pad = openSerialPinPad({ settings: present({ ...line, slot, format }), log });
      return { pinEntry: pad, pinPad: pad, keyedPad: pad };
    }
    case 'on-screen': {
      const pad = openOnScreenPad(config.testKey);
      return { pinEntry: pad, pinPad: pad, onScreenPad: pad };
    }
    case 'reader':
      return {};
  }
}
