export { type After, afterMs, type DriverLog, inTurn, withLimit } from './driver-tools.ts';
export type { ByteLine, LineEvents, LineState } from './line/byte-line.ts';
export { openSerialLine, type SerialLineParts, type SerialSettings } from './line/serial-line.ts';
export { openPcscReaders, type PcscOptions } from './pcsc/open-pcsc-readers.ts';
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
  DeviceState,
  ExchangeAnswer,
  LoadKeyAnswer,
  OnlinePinEntry,
  PinEntry,
  PinPad,
  PrintAnswer,
  ReaderEvent,
  ReaderRole,
  ReceiptPrinter,
} from './ports.ts';
export { type HubReader, type ReaderHub, readerHub } from './reader-hub.ts';
