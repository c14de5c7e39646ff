export { type After, afterMs, inTurn, withLimit } from './driver-tools.ts';
export { openPcscReaders, type PcscOptions } from './pcsc/open-pcsc-readers.ts';
export { MAX_TEARS } from './pcsc/presence.ts';
export type {
  CardChannel,
  CardPinEntry,
  CardPresence,
  CardReader,
  CardReaders,
  ExchangeAnswer,
  OnlinePinEntry,
  PinEntry,
  ReaderEvent,
  ReaderRole,
} from './ports.ts';
export { type HubReader, type ReaderHub, readerHub } from './reader-hub.ts';
export { readerMake } from './reader-makes.ts';
