import { toHex } from '../values/index.ts';

const PURSE_CLASS = 0x80;
const READ_BINARY = 0xb0;
/** File 15, by its SFI. */
const PUBLIC_DATA = { p1: 0x95, length: 30, serial: [10, 20] } as const;
const INITIALISE_LOAD = { ins: 0x50, p1: 0x00 } as const;
const [DEBIT, CREDIT, PROVE] = [0x54, 0x52, 0x5a];
const CODE_LENGTH = 4;
const DATA_AT = 5;

const isFile15 = ([cla, ins, p1]: Uint8Array): boolean => cla === 0x00 && ins === READ_BINARY && p1 === PUBLIC_DATA.p1;

/** The serial number of a purse in its file 15, hex digits; undefined for any other answer. */
export function serialIn(command: Uint8Array, data: Uint8Array): string | undefined {
  if (!isFile15(command) || data.length !== PUBLIC_DATA.length) return undefined;
  return toHex(data.subarray(...PUBLIC_DATA.serial));
}

/** Wipes MACs and TAC that a purse gives: all of the answers to DEBIT, CREDIT and GET TRANSACTION PROVE, the end of INITIALIZE FOR LOAD's. */
export function wipeCodes(command: Uint8Array, data: Uint8Array): void {
  const [cla, ins, p1] = command;
  // A file 15 of another length has its serial number nobody knows where.
  if (isFile15(command) && data.length !== PUBLIC_DATA.length) data.fill(0);
  if (cla !== PURSE_CLASS) return;
  if (ins === DEBIT || ins === CREDIT || ins === PROVE) data.fill(0);
  if (ins === INITIALISE_LOAD.ins && p1 === INITIALISE_LOAD.p1) data.fill(0, -CODE_LENGTH);
}

/** Wipes the MAC1 or MAC2 at the end of the data of DEBIT and CREDIT. */
export function wipeCommandCode(command: Uint8Array): void {
  const [cla, ins] = command;
  if (cla !== PURSE_CLASS || (ins !== DEBIT && ins !== CREDIT)) return;
  const end = DATA_AT + (command[DATA_AT - 1] ?? 0);
  if (end <= command.length) command.fill(0, Math.max(DATA_AT, end - CODE_LENGTH), end);
}
