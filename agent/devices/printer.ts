import {
  type DriverLog,
  openEscPosPrinter,
  openFileLine,
  openSerialLine,
  openTcpLine,
  type PrinterParts,
  type ReceiptPrinter,
} from '../../drivers/index.ts';
import type { PrinterConfig } from '../config/devices.ts';

/** Half-width characters in a line of paper this wide. */
const COLUMNS = { 58: 32, 80: 48 } as const;

export const openPrinter = (config: PrinterConfig, log: DriverLog): ReceiptPrinter =>
  openEscPosPrinter({ line: lineOf(config, log), columns: COLUMNS[config.widthMm], log });

function lineOf(config: PrinterConfig, log: DriverLog): PrinterParts['line'] {
  if (config.kind === 'network') {
    const { host, port } = config;
    return (events) => openTcpLine({ host, port, events, log });
  }
  if (config.kind === 'usb') return (events) => openFileLine({ path: config.device, events, log });
  return (events) => openSerialLine({ settings: config, events, log });
}
