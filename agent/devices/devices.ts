import type {
  CodeScanner,
  CustomerDisplay,
  Device,
  PinEntry,
  PinPad,
  ReaderLights,
  ReceiptPrinter,
} from '../../drivers/index.ts';
import type { OnScreenPad } from './on-screen-pad.ts';

export type DeviceKind = 'pin-pad' | 'scanner' | 'printer' | 'display';

/** The devices of a terminal beside its card readers, as far as it has them. Whoever opened them closes them. */
export interface Devices {
  readonly pinEntry?: PinEntry;
  /** Lights and buzzers of the card readers. */
  readonly lights?: ReaderLights;
  readonly pinPad?: Device;
  /** The pin pad, where it holds keys of its own. */
  readonly keyedPad?: PinPad;
  /** The pin pad, where its keys are on the cashier page. */
  readonly onScreenPad?: OnScreenPad;
  readonly scanner?: CodeScanner;
  readonly printer?: ReceiptPrinter;
  readonly display?: CustomerDisplay;
}

/** Each device with its kind, in the order in which a person reads them. */
export function listed({ pinPad, scanner, printer, display }: Devices): readonly (readonly [DeviceKind, Device])[] {
  const all: readonly (readonly [DeviceKind, Device | undefined])[] = [
    ['pin-pad', pinPad],
    ['scanner', scanner],
    ['printer', printer],
    ['display', display],
  ];
  return all.flatMap(([kind, device]) => (device === undefined ? [] : [[kind, device] as const]));
}
