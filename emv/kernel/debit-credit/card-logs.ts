import { readRecord } from '../../apdu/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { type DolEntry, findTag, parseDol, parseTlv } from '../../tlv/index.ts';
import {
  type CivilDate,
  type CivilTime,
  type Fen,
  hex,
  parseAmount,
  parseBcd,
  parseDate,
  readUint,
} from '../../values/index.ts';
import { MAX_LOG_RECORDS } from '../bounds.ts';
import { readObject } from '../get-data.ts';
import type { Step } from '../requests.ts';
import { splitDol, type TagValues } from '../terminal-data.ts';
import { SUCCESS, transceive } from '../transceive.ts';

/** One line of a card's log; what its format does not hold, or is no such value, is absent. */
export interface LogEntry {
  readonly date?: CivilDate;
  readonly time?: CivilTime;
  /** 9F02 and 9F03. */
  readonly amount?: Fen;
  readonly amountOther?: Fen;
  /** 9F1A and 5F2A, 2 bytes each. */
  readonly countryCode?: Uint8Array;
  readonly currencyCode?: Uint8Array;
  /** 9F4E as the terminal wrote it: GB 18030 in practice. */
  readonly merchantName?: Uint8Array;
  /** 9C, the byte. */
  readonly transactionType?: number;
  /** 9F36. */
  readonly atc?: number;
}

export interface LoadLogEntry extends LogEntry {
  /** The chip's balance before and after. */
  readonly balanceBefore: Fen;
  readonly balanceAfter: Fen;
}

/** Where a log is, and how its records are laid out (JR/T 0025.5; JR/T 0025.13). */
interface Log {
  readonly entryTag: number;
  readonly formatTag: number;
  /** Used where the card does not tell its format. */
  readonly defaultFormat: Uint8Array;
}

export const CARD_LOGS = {
  payments: {
    entryTag: TAG.logEntry,
    formatTag: TAG.logFormat,
    defaultFormat: hex('9A03 9F2103 9F0206 9F0306 9F1A02 5F2A02 9F4E14 9C01 9F3602'),
  },
  loads: {
    entryTag: TAG.loadLogEntry,
    formatTag: TAG.loadLogFormat,
    defaultFormat: hex('9A03 9F2103 9F1A02 9F4E14 9F3602'),
  },
} as const satisfies Readonly<Record<string, Log>>;
/** Before the values of a load: which balance (9F79 or DF79), what it was, what it is. */
const [BALANCE_TAG_LENGTH, AMOUNT_LENGTH] = [2, 6];
export const LOAD_HEAD = BALANCE_TAG_LENGTH + 2 * AMOUNT_LENGTH;
const [FIRST_LOG_FILE, LAST_LOG_FILE] = [11, 30];

interface Place {
  readonly sfi: number;
  readonly count: number;
}

/** 9F4D or DF4D in the FCI: the file, and how many records it has at most. */
function placeOf(fci: Uint8Array, tag: number): Place | undefined {
  const parsed = parseTlv(fci);
  const nodes = parsed.kind === 'parsed' ? parsed.nodes : [];
  const value = findTag(nodes, TAG.fci, TAG.fciProprietary, TAG.fciDiscretionary, tag)?.value;
  const [sfi = 0, count = 0] = value?.length === 2 ? value : [];
  return sfi >= FIRST_LOG_FILE && sfi <= LAST_LOG_FILE ? { sfi, count: Math.min(count, MAX_LOG_RECORDS) } : undefined;
}

function* readFormat({ formatTag, defaultFormat }: Log): Step<readonly DolEntry[] | 'torn' | undefined> {
  const told = yield* readObject(formatTag);
  if (told.kind === 'torn') return 'torn';
  const format = parseDol(told.value ?? defaultFormat);
  return format.kind === 'parsed' ? format.entries : undefined;
}

/** The records of a log, newest first, until the card has no more. Bare values, no template. */
function* readLog(
  log: Log,
  fci: Uint8Array,
): Step<{ format: readonly DolEntry[]; records: readonly Uint8Array[] } | 'torn' | undefined> {
  const place = placeOf(fci, log.entryTag);
  if (place === undefined) return undefined;
  const format = yield* readFormat(log);
  if (format === undefined || format === 'torn') return format;
  const records: Uint8Array[] = [];
  for (let record = 1; record <= place.count; record++) {
    const reply = yield* transceive(readRecord(place.sfi, record));
    if (reply.kind === 'torn') return 'torn';
    if (reply.kind === 'faulty' || reply.sw !== SUCCESS) break;
    records.push(reply.data);
  }
  return { format, records };
}

function parseTime(bytes: Uint8Array): CivilTime | undefined {
  const [hour, minute, second] = [0, 1, 2].map((at) => parseBcd(bytes.subarray(at, at + 1)));
  if (bytes.length !== 3 || hour === undefined || minute === undefined || second === undefined) return undefined;
  return hour < 24 && minute < 60 && second < 60 ? { hour, minute, second } : undefined;
}

function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function entryOf(values: TagValues): LogEntry {
  const read = <T>(tag: number, parse: (bytes: Uint8Array) => T | undefined): T | undefined => {
    const bytes = values.get(tag);
    return bytes && parse(bytes);
  };
  return present<LogEntry>({
    date: read(TAG.transactionDate, parseDate),
    time: read(TAG.transactionTime, parseTime),
    amount: read(TAG.amountAuthorised, parseAmount),
    amountOther: read(TAG.amountOther, parseAmount),
    countryCode: values.get(TAG.terminalCountry),
    currencyCode: values.get(TAG.currencyCode),
    merchantName: values.get(TAG.merchantName),
    transactionType: read(TAG.transactionType, ([byte]) => byte),
    atc: read(TAG.atc, (bytes) => (bytes.length === 2 ? readUint(bytes) : undefined)),
  });
}

/** The transaction log (9F4D, 9F4F). No entries: the card keeps none, or does not show it. */
export function* readTransactionLog(fci: Uint8Array): Step<readonly LogEntry[] | 'torn'> {
  const log = yield* readLog(CARD_LOGS.payments, fci);
  if (log === 'torn') return log;
  const { format, records } = log ?? { format: [], records: [] };
  return records
    .map((record) => splitDol(format, record))
    .filter((values) => values !== undefined)
    .map(entryOf);
}

/** The chip's balance before and after a load, as its record begins; undefined when they are no amounts. */
export function loadBalances(record: Uint8Array): { readonly before: Fen; readonly after: Fen } | undefined {
  const before = parseAmount(record.subarray(BALANCE_TAG_LENGTH, BALANCE_TAG_LENGTH + AMOUNT_LENGTH));
  const after = parseAmount(record.subarray(BALANCE_TAG_LENGTH + AMOUNT_LENGTH, LOAD_HEAD));
  return before === undefined || after === undefined ? undefined : { before, after };
}

/** The load log (DF4D, DF4F): each record is which balance, before and after, then the format's values. */
export function* readLoadLog(fci: Uint8Array): Step<readonly LoadLogEntry[] | 'torn'> {
  const log = yield* readLog(CARD_LOGS.loads, fci);
  if (log === 'torn') return log;
  const { format, records } = log ?? { format: [], records: [] };
  return records.flatMap((record) => {
    const values = splitDol(format, record.subarray(LOAD_HEAD));
    const balances = loadBalances(record);
    if (values === undefined || balances === undefined) return [];
    return [{ ...entryOf(values), balanceBefore: balances.before, balanceAfter: balances.after }];
  });
}
