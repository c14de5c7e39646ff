/** What pcscd's name of a reader says of it: `ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] (RR554) 01 00`. */
export interface ReaderName {
  /** What is left without interface, serial number and numbers: the name in the driver's list. */
  readonly model: string;
  /** Between brackets: what the USB device calls the interface. */
  readonly interfaceName: string | undefined;
  /** Between parentheses at the end: the USB device's serial number. */
  readonly serial: string | undefined;
  /** Slot within the reader, from 0; a reader of one slot has 0. */
  readonly slot: number;
}

const NUMBERS = / [0-9A-F]{2} ([0-9A-F]{2})$/;

/** Reads a name; one that pcscd did not make is all model. */
export function readReaderName(name: string): ReaderName {
  const slot = Number.parseInt(NUMBERS.exec(name)?.[1] ?? '0', 16);
  const unnumbered = name.replace(NUMBERS, '');
  const [, before = unnumbered, serial] = /^(.*\S) \(([^()]+)\)$/.exec(unnumbered) ?? [];
  const [, model = before, interfaceName] = /^(.*?\S) \[(.+)\]$/.exec(before) ?? [];
  return { model, interfaceName, serial, slot };
}
