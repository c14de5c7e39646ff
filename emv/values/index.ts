export { bcd, parseBcd, parseCompressedNumeric } from './bcd.ts';
export { concat, equalBytes, hex, parseHex, readUint, toHex, uintBytes } from './bytes.ts';
export {
  type CivilDate,
  type CivilTime,
  compareDates,
  dateBytes,
  fullDateBytes,
  lastDayOf,
  parseDate,
  parseFullDate,
  parseTime,
  timeBytes,
} from './civil-date.ts';
export { amountBytes, type Fen, fen, isFen, MAX_FEN, parseAmount } from './money.ts';
export { maskPan, Pan } from './pan.ts';
export { PurseSerial } from './purse-serial.ts';
export { Secret } from './secret.ts';
