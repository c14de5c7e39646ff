import { SUCCESS } from '../kernel/transceive.ts';
import { type CivilDate, type CivilTime, type Fen, fen, parseFullDate, parseTime, readUint } from '../values/index.ts';
import type { PurseCard } from './card.ts';
import { readLogRecord } from './commands.ts';
import { TORN } from './ending.ts';
import { toCard } from './exchange.ts';
import { openPurse } from './open-purse.ts';
import type { PurseRefused, PurseTorn } from './outcome.ts';
import type { PurseApplication } from './parameters.ts';
import type { PurseStep } from './requests.ts';

const RECORD_LENGTH = 23;
/** Records that file 18 keeps. */
const MAX_LOG_RECORDS = 10;

/** One transaction in the card's own log (file 18). */
export interface PurseLogEntry {
  /** Offline number of a purchase, online number of a load. */
  readonly sequence: number;
  readonly overdraftLimit: Fen;
  readonly amount: Fen;
  /** 01 ED load, 02 EP load, 05 ED purchase, 06 EP purchase; others as the card has them. */
  readonly type: number;
  /** 6 bytes. */
  readonly terminalId: Uint8Array;
  readonly date: CivilDate;
  readonly time: CivilTime;
}

/** Reads one record: sequence 2 ‖ overdraft 3 ‖ amount 4 ‖ type 1 ‖ terminal 6 ‖ date 4 ‖ time 3; undefined for an empty one. */
export function parseLogRecord(record: Uint8Array): PurseLogEntry | undefined {
  const date = parseFullDate(record.subarray(16, 20));
  const time = parseTime(record.subarray(20, 23));
  const [type] = record.subarray(9, 10);
  if (record.length !== RECORD_LENGTH || !date || !time || type === undefined) return undefined;
  return {
    sequence: readUint(record.subarray(0, 2)),
    overdraftLimit: fen(readUint(record.subarray(2, 5))),
    amount: fen(readUint(record.subarray(5, 9))),
    type,
    terminalId: record.slice(10, 16),
    date,
    time,
  };
}

/**
 * Reads the log, newest first, until `enough` says so of an entry, a record is not there, or all have been read. A card that
 * keeps no log has an empty one. Undefined when the card left.
 */
export function* readLog(enough: (entry: PurseLogEntry) => boolean): PurseStep<readonly PurseLogEntry[] | undefined> {
  const entries: PurseLogEntry[] = [];
  for (let record = 1; record <= MAX_LOG_RECORDS; record++) {
    const reply = yield* toCard(readLogRecord(record));
    if (reply.kind === 'torn') return undefined;
    if (reply.kind === 'faulty' || reply.sw !== SUCCESS) break;
    const entry = parseLogRecord(reply.data);
    if (entry === undefined) continue;
    entries.push(entry);
    if (enough(entry)) break;
  }
  return entries;
}

export type PurseLog =
  | { readonly kind: 'log'; readonly card: PurseCard; readonly entries: readonly PurseLogEntry[] }
  | PurseRefused
  | PurseTorn;

/** The card's last transactions, newest first. */
export function* purseLog(application: PurseApplication): PurseStep<PurseLog> {
  const opened = yield* openPurse(application);
  if (opened.kind !== 'opened') return opened;
  const entries = yield* readLog(() => false);
  return entries === undefined ? TORN : { kind: 'log', card: opened.card, entries };
}
