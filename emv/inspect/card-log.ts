import { readRecord } from '../apdu/index.ts';
import { MAX_LOG_RECORDS } from '../kernel/bounds.ts';
import { CARD_LOGS, LOAD_HEAD, loadBalances } from '../kernel/debit-credit/card-logs.ts';
import type { Step } from '../kernel/index.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import { type DolEntry, parseDol } from '../tlv/index.ts';
import { readUint } from '../values/index.ts';
import type { Card } from './card.ts';
import type { LogEntry } from './report.ts';

/** A load log's record begins with the tag of the balance (9F79, DF79), then the balance before and after. */
const BALANCES = [0x9f79, 0xdf79];

const lengthOf = (format: readonly DolEntry[]): number => format.reduce((sum, { length }) => sum + length, 0);

function fieldsOf(format: readonly DolEntry[], values: Uint8Array): LogEntry['fields'] {
  let at = 0;
  return format.map(({ tag, length }) => {
    const value = values.subarray(at, at + length);
    at += length;
    return { tag, value };
  });
}

/** A record without tags, split by the format; undefined when its length is another. */
function splitLogRecord(record: number, format: readonly DolEntry[], data: Uint8Array): LogEntry | undefined {
  const length = lengthOf(format);
  if (data.length === length) return { record, fields: fieldsOf(format, data) };
  if (data.length !== length + LOAD_HEAD || !BALANCES.includes(readUint(data.subarray(0, 2)))) return undefined;
  const balances = loadBalances(data);
  return { record, fields: fieldsOf(format, data.subarray(LOAD_HEAD)), ...(balances && { balances }) };
}

/** Reads a log (9F4D, DF4D: SFI and number of records): newest first, until the card has no more. */
export function* readLog(
  card: Card,
  which: keyof typeof CARD_LOGS,
  entry: Uint8Array | undefined,
): Step<readonly LogEntry[] | undefined> {
  const [sfi = 0, count = 0] = entry ?? [];
  if (entry?.length !== 2 || sfi < 1 || sfi > 30) return undefined;
  const { formatTag, defaultFormat } = CARD_LOGS[which];
  const parsed = parseDol((yield* card.readObject(formatTag)) ?? defaultFormat);
  if (parsed.kind === 'malformed') return undefined;
  const entries: LogEntry[] = [];
  for (let record = 1; record <= Math.min(count, MAX_LOG_RECORDS); record++) {
    const reply = yield* card.send(readRecord(sfi, record));
    if (reply.sw !== SUCCESS) break;
    const read = splitLogRecord(record, parsed.entries, reply.data);
    // Records of another form are of another file: a log that is none is not guessed at.
    if (read === undefined) break;
    entries.push(read);
  }
  return entries;
}
