import { command, selectByName } from '../apdu/index.ts';
import type { CivilDate, CivilTime } from '../values/index.ts';
import { concat, type Fen, fullDateBytes, timeBytes, uintBytes } from '../values/index.ts';
import type { PurseKind } from './parameters.ts';

const FILE_IDENTIFIER_LENGTH = 2;
const LOG_RECORD_LENGTH = 23;
const LOG_SFI = 0x18;

const purseByte = (purse: PurseKind): number => (purse === 'ed' ? 0x01 : 0x02);

/** SELECT by DF name (5 to 16 bytes) or by file identifier (2 bytes). */
export function select(name: Uint8Array): Uint8Array {
  if (name.length !== FILE_IDENTIFIER_LENGTH) return selectByName(name);
  return command({ cla: 0x00, ins: 0xa4, p1: 0x00, p2: 0x00, data: name, le: 0 });
}

/** READ BINARY from the start of a file. `sfi`: 1 to 30; `length`: bytes. */
export function readBinary(sfi: number, length: number): Uint8Array {
  return command({ cla: 0x00, ins: 0xb0, p1: 0x80 | sfi, p2: 0x00, le: length });
}

/** One record of the transaction log, the newest is 1. */
export function readLogRecord(record: number): Uint8Array {
  return command({ cla: 0x00, ins: 0xb2, p1: record, p2: (LOG_SFI << 3) | 0x04, le: LOG_RECORD_LENGTH });
}

/** GET BALANCE. */
export function getBalance(purse: PurseKind): Uint8Array {
  return command({ cla: 0x80, ins: 0x5c, p1: 0x00, p2: purseByte(purse), le: 4 });
}

export interface Initialisation {
  readonly purse: PurseKind;
  readonly keyIndex: number;
  readonly amount: number;
  /** 6 bytes. */
  readonly terminalId: Uint8Array;
}

function initialise(p1: number, le: number, { purse, keyIndex, amount, terminalId }: Initialisation): Uint8Array {
  const data = concat(Uint8Array.of(keyIndex), uintBytes(amount, 4), terminalId);
  return command({ cla: 0x80, ins: 0x50, p1, p2: purseByte(purse), data, le });
}

/** INITIALIZE FOR PURCHASE. */
export function initialiseForPurchase(parts: Initialisation): Uint8Array {
  return initialise(0x01, 15, parts);
}

/** INITIALIZE FOR LOAD. */
export function initialiseForLoad(parts: Initialisation): Uint8Array {
  return initialise(0x00, 16, parts);
}

/** DEBIT FOR PURCHASE: the command that makes the card pay. */
export function debitForPurchase(parts: {
  readonly terminalSequence: number;
  readonly date: CivilDate;
  readonly time: CivilTime;
  readonly mac1: Uint8Array;
}): Uint8Array {
  const data = concat(
    uintBytes(parts.terminalSequence, 4),
    fullDateBytes(parts.date),
    timeBytes(parts.time),
    parts.mac1,
  );
  return command({ cla: 0x80, ins: 0x54, p1: 0x01, p2: 0x00, data, le: 8 });
}

/** CREDIT FOR LOAD: the command that makes the card take the amount. */
export function creditForLoad(parts: {
  readonly date: CivilDate;
  readonly time: CivilTime;
  readonly mac2: Uint8Array;
}): Uint8Array {
  const data = concat(fullDateBytes(parts.date), timeBytes(parts.time), parts.mac2);
  return command({ cla: 0x80, ins: 0x52, p1: 0x00, p2: 0x00, data, le: 4 });
}

/** GET TRANSACTION PROVE. */
export function getTransactionProve(type: number, sequence: number): Uint8Array {
  return command({ cla: 0x80, ins: 0x5a, p1: 0x00, p2: type, data: uintBytes(sequence, 2), le: 8 });
}

/** VERIFY. `pin`: packed digits, 2 to 6 bytes. The caller wipes what it gets. */
export function verify(pin: Uint8Array): Uint8Array {
  return command({ cla: 0x00, ins: 0x20, p1: 0x00, p2: 0x00, data: pin });
}

/** INIT SAM FOR PURCHASE, to the PSAM. */
export function initSamForPurchase(parts: {
  readonly random: Uint8Array;
  readonly offlineSequence: number;
  readonly amount: Fen;
  readonly type: number;
  readonly date: CivilDate;
  readonly time: CivilTime;
  readonly keyVersion: number;
  readonly algorithm: number;
  /** One to three, 8 bytes each: the card's serial number, its issuer, its city. */
  readonly diversifiers: readonly Uint8Array[];
}): Uint8Array {
  const data = concat(
    parts.random,
    uintBytes(parts.offlineSequence, 2),
    uintBytes(parts.amount, 4),
    Uint8Array.of(parts.type),
    fullDateBytes(parts.date),
    timeBytes(parts.time),
    Uint8Array.of(parts.keyVersion, parts.algorithm),
    ...parts.diversifiers,
  );
  return command({ cla: 0x80, ins: 0x70, p1: 0x00, p2: 0x00, data, le: 8 });
}

/** CREDIT SAM FOR PURCHASE, to the PSAM: is this the card's MAC2? */
export function creditSamForPurchase(mac2: Uint8Array): Uint8Array {
  return command({ cla: 0x80, ins: 0x72, p1: 0x00, p2: 0x00, data: mac2 });
}
