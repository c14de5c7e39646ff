import { type CardReaders, type DriverLog, openSerialPinPad, readerPinEntry } from '../../drivers/index.ts';
import type { PinPadConfig } from '../config/devices.ts';
import { present } from '../present.ts';
import type { Devices } from './devices.ts';
import { openOnScreenPad } from './on-screen-pad.ts';

/** The PIN pad that the settings name. */
export function openPinPad(
  config: PinPadConfig,
  { readers, log }: { readonly readers: CardReaders; readonly log: DriverLog },
): Devices {
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
      return { pinEntry: readerPinEntry({ readers, log }) };
  }
}
