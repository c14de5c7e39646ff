export { type After, afterMs, type DriverLog, inTurn, withLimit } from './driver-tools.ts';
export type { ByteLine, LineEvents, LineState } from './line/byte-line.ts';
export { openFileLine } from './line/file-line.ts';
export { openSerialLine, type SerialLineParts, type SerialSettings } from './line/serial-line.ts';
export { openTcpLine } from './line/tcp-line.ts';
export { openPcscReaders, type PcscOptions } from './pcsc/open-pcsc-readers.ts';
export { MAX_TEARS } from './pcsc/presence.ts';
export type {
  CardChannel,
  CardPinEntry,
  CardPresence,
  CardReader,
  CardReaders,
  CodeScanner,
  CustomerDisplay,
  Device,
  DeviceState,
  ExchangeAnswer,
  OnlinePinEntry,
  PinEntry,
  PrintAnswer,
  PrinterTrouble,
  ReaderEvent,
  ReaderRole,
  ReceiptPrinter,
} from './ports.ts';
export { openEscPosPrinter, type PrinterParts } from './printer/escpos-printer.ts';
export { printJob } from './printer/print-job.ts';
export { type SlipLine, slipText } from './printer/slip.ts';
export { type HubReader, type ReaderHub, readerHub } from './reader-hub.ts';
