export { COLUMNS as DISPLAY_COLUMNS } from './display/columns.ts';
export { openSerialDisplay } from './display/serial-display.ts';
export { type After, afterMs, type DriverLog, inTurn, withLimit } from './driver-tools.ts';
export { openFileLine } from './line/file-line.ts';
export { openSerialLine } from './line/serial-line.ts';
export { openTcpLine } from './line/tcp-line.ts';
export { boundRole } from './pcsc/bound-role.ts';
export type { ReaderSignal } from './pcsc/lights/families.ts';
export { type LightTrouble, type ReaderLights, readerLights } from './pcsc/lights/reader-lights.ts';
export { openPcscReaders, type PcscOptions } from './pcsc/open-pcsc-readers.ts';
export { readerAbilities } from './pcsc/part10/reader-abilities.ts';
export { readerPinEntry } from './pcsc/part10/reader-pin-entry.ts';
export { MAX_TEARS } from './pcsc/presence.ts';
export { openSerialPinPad } from './pin-pad/serial-pin-pad.ts';
export type {
  CardChannel,
  CardPinEntry,
  CardPresence,
  CardReader,
  CardReaders,
  CodeScanner,
  CustomerDisplay,
  Device,
  DisplayLines,
  ExchangeAnswer,
  LoadKeyAnswer,
  OnlinePinEntry,
  PinEntry,
  PinPad,
  PinPadKey,
  PinPadKeysAnswer,
  PrintAnswer,
  PrinterTrouble,
  ReaderEvent,
  ReaderRole,
  ReceiptPrinter,
} from './ports.ts';
export { openEscPosPrinter, type PrinterParts } from './printer/escpos-printer.ts';
export { printJob } from './printer/print-job.ts';
export { type SlipLine, slipText } from './printer/slip.ts';
export { TROUBLE_WORDS as PRINTER_TROUBLES } from './printer/status.ts';
export { type HubReader, type ReaderHub, readerHub } from './reader-hub.ts';
export { READER_TO_ORDER, readerMake } from './reader-makes.ts';
export { openKeyboardScanner } from './scanner/keyboard-scanner.ts';
export { openSerialScanner } from './scanner/serial-scanner.ts';
