import { aidInfo, bitNames, TAG, tagInfo } from '../dictionary/index.ts';
import { parseAmount, parseCompressedNumeric, parseDate, readUint, toHex } from '../values/index.ts';
import { bitString } from './bit-string.ts';
import {
  authorisationResponse,
  cryptogramInformation,
  documentType,
  logEntry,
  priorityIndicator,
  terminalType,
  transactionType,
} from './codes.ts';
import { cvmList, cvmResults } from './cvm.ts';
import { dataObjectList, fileLocator, tagList } from './dol.ts';
import { issuerApplicationData } from './issuer-application-data.ts';
import type { Decoder, Words } from './words.ts';

/** What the value of a data object says. */
export interface Meaning {
  readonly meaning?: string;
  readonly parts?: readonly Words[];
}

/** Tags whose values are made of parts. */
const DECODERS: ReadonlyMap<number, Decoder> = new Map([
  [0x87, priorityIndicator],
  [0x8a, authorisationResponse],
  [0x8c, dataObjectList],
  [0x8d, dataObjectList],
  [0x8e, cvmList],
  [0x94, fileLocator],
  [0x97, dataObjectList],
  [0x9c, transactionType],
  [0x9f10, issuerApplicationData],
  [0x9f27, cryptogramInformation],
  [0x9f34, cvmResults],
  [0x9f35, terminalType],
  [0x9f38, dataObjectList],
  [0x9f49, dataObjectList],
  [0x9f4a, tagList],
  [0x9f4d, logEntry],
  [0x9f4f, dataObjectList],
  [0x9f62, documentType],
  [0xdf4d, logEntry],
  [0xdf4f, dataObjectList],
]);

const IDENTIFIERS: ReadonlySet<number> = new Set([TAG.adfName, TAG.dfName, TAG.terminalAid]);
const DATES: ReadonlySet<number> = new Set([0x5f24, 0x5f25, 0x9a]);
const COUNTERS: ReadonlySet<number> = new Set([0x9f13, 0x9f14, 0x9f17, 0x9f23, 0x9f36, 0x9f58, 0x9f59]);
const CHARACTERS: ReadonlySet<string> = new Set(['a', 'an', 'ans']);
const AMOUNT_LENGTH = 6;

const two = (digits: number): string => String(digits).padStart(2, '0');

/** YYMMDD as 2025-06-01; undefined when it is no day. */
function dateText(value: Uint8Array): string | undefined {
  const date = parseDate(value);
  return date && `${date.year}-${two(date.month)}-${two(date.day)}`;
}

/** HHMMSS as 12:30:15; undefined when it is no time of day. */
function timeText(value: Uint8Array): string | undefined {
  const [, hour = '', minute = '', second = ''] =
    /^([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])$/.exec(toHex(value)) ?? [];
  return hour === '' ? undefined : `${hour}:${minute}:${second}`;
}

/** Fen as yuan: 12.80. */
const yuanText = (minor: number): string => (minor / 100).toFixed(2);

/** The bytes as text where all of them are printable ASCII. */
function asciiText(value: Uint8Array): string | undefined {
  const text = String.fromCharCode(...value);
  return /^[ -~]+$/.test(text) ? text : undefined;
}

/** Every amount of the dictionary has format n and six bytes, and nothing else has but 9F01. */
function isAmount(tag: number): boolean {
  const info = tagInfo(tag);
  return info?.format === 'n' && info.maxLength === AMOUNT_LENGTH && tag !== 0x9f01;
}

function textOf(tag: number, value: Uint8Array): string | undefined {
  if (IDENTIFIERS.has(tag)) return aidInfo(toHex(value))?.name;
  if (DATES.has(tag)) return dateText(value);
  if (tag === TAG.transactionTime) return timeText(value);
  if (COUNTERS.has(tag)) return value.length > 0 && value.length <= 2 ? String(readUint(value)) : undefined;
  if (tag === TAG.pan) return parseCompressedNumeric(value);
  if (isAmount(tag)) {
    const amount = parseAmount(value);
    return amount === undefined ? undefined : yuanText(amount);
  }
  return CHARACTERS.has(tagInfo(tag)?.format ?? 'b') ? asciiText(value) : undefined;
}

/** What a value says, as far as its tag lets it be read. A value that its tag does not allow says so. */
export function meaningOf(tag: number, value: Uint8Array): Meaning {
  const decoder = DECODERS.get(tag) ?? (bitNames(tag) === undefined ? undefined : bitString(tag));
  if (decoder === undefined || value.length === 0) {
    const meaning = textOf(tag, value);
    return meaning === undefined ? {} : { meaning };
  }
  const read = decoder(value);
  return read.kind === 'decoded' ? { parts: read.words } : { meaning: `not well formed: ${read.problem}` };
}
