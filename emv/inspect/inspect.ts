import { selectByName } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import type { Step } from '../kernel/index.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import { findTag, parseDol, parseTlv, type Tlv } from '../tlv/index.ts';
import {
  equalBytes,
  hex,
  lastDayOf,
  Pan,
  parseAmount,
  parseBcd,
  parseCompressedNumeric,
  parseDate,
  readUint,
  toHex,
} from '../values/index.ts';
import { authenticateCard } from './authentication.ts';
import { Card, type Reply } from './card.ts';
import { readLog } from './card-log.ts';
import { readDirectory } from './directory.ts';
import { getOptions } from './options.ts';
import { readRecords } from './records.ts';
import type { ApplicationReport, CardInterface, CardReport } from './report.ts';
import { type TerminalFacts, terminalData } from './terminal-data.ts';

/** What an inspection is told. */
export interface InspectInput extends TerminalFacts {
  readonly over: CardInterface;
  /** Names to try beside what the card's directory gives; without them, those of PBOC and of the large schemes. */
  readonly names?: readonly Uint8Array[];
}

const KNOWN_NAMES = [
  'A000000333010101',
  'A000000333010102',
  'A000000333010103',
  'A000000333010106',
  'A000000333010108',
  'A0000000031010',
  'A0000000041010',
  'A0000000651010',
  'A00000002501',
  'A0000001523010',
].map(hex);

const BLOCKED = 0x6283;
const BLOCKED_CARD = 0x6a81;
const MAX_APPLICATIONS = 8;
const MIN_NAME = 5;
const MAX_NAME = 16;

/** What GET DATA is asked for, before GPO: none of it changes the card. */
const OBJECTS: readonly number[] = [0x9f36, 0x9f13, 0x9f17, 0x9f79, 0x9f77, 0x9f78, 0x9f6d, 0x9f6b, 0x9f5d, 0x9f51];

const nodesOf = (data: Uint8Array): readonly Tlv[] => {
  const parsed = parseTlv(data);
  return parsed.kind === 'parsed' ? parsed.nodes : [];
};

/** Adds every value that is no template; what came first stays. */
function collect(data: Map<number, Uint8Array>, nodes: readonly Tlv[]): void {
  for (const { tag, value, children } of nodes) {
    if (children !== undefined) collect(data, children);
    else if (!data.has(tag)) data.set(tag, value);
  }
}

function textOf(value: Uint8Array | undefined): string | undefined {
  const text = value && String.fromCharCode(...value).trim();
  return text && /^[ -~]+$/.test(text) ? text : undefined;
}

function trackOf(value: Uint8Array | undefined) {
  const [, digits = '', yymm = ''] = /^([0-9]{8,19})D([0-9]{4})/.exec(toHex(value ?? new Uint8Array())) ?? [];
  return { pan: Pan.parse(digits), expiry: lastDayOf(yymm) };
}

const numberOf = (value: Uint8Array | undefined): number | undefined =>
  value !== undefined && value.length > 0 && value.length <= 2 ? readUint(value) : undefined;

/** The application that is selected now: its FCI is `selected`, its name is `name`. Fills `data` as it reads. */
function* readApplication(
  card: Card,
  input: InspectInput,
  selected: Reply,
  foundBy: ApplicationReport['foundBy'],
): Step<ApplicationReport> {
  const data = new Map<number, Uint8Array>();
  const fci = nodesOf(selected.data);
  collect(data, fci);
  const aid = data.get(TAG.dfName) ?? new Uint8Array();
  for (const tag of OBJECTS) {
    const value = yield* card.readObject(tag);
    if (value !== undefined) data.set(tag, value);
  }
  const log = yield* readLog(card, 'payments', data.get(TAG.logEntry));
  const loadLog = yield* readLog(card, 'loads', data.get(TAG.loadLogEntry));
  const pdol = parseDol(findTag(fci, TAG.fci, TAG.fciProprietary, TAG.pdol)?.value ?? new Uint8Array());
  const terminal = terminalData(input, aid);
  const entries = pdol.kind === 'parsed' ? pdol.entries : [];
  const { processing, nodes } = yield* getOptions(card, aid, entries, input.over, terminal);
  const records = yield* readRecords(card, processing);
  // What is authenticated stands here; an FCI that names such objects as well has no say.
  const told = new Map<number, Uint8Array>();
  collect(told, nodes);
  for (const record of records.read) collect(told, nodesOf(record.data));
  for (const [tag, value] of told) if (!data.has(tag)) data.set(tag, value);
  const { date, caKeys } = input;
  const known = facts(data);
  const { pan } = known;
  const inquiry = { aid, pan, processing, data: told, records, terminal, caKeys, date };
  const authentication = yield* authenticateCard(card, inquiry);
  return {
    aid,
    label: textOf(data.get(TAG.preferredName)) ?? textOf(data.get(TAG.label)) ?? '',
    foundBy,
    blocked: selected.sw === BLOCKED,
    fci: selected.data,
    processing,
    ...known,
    authentication,
    log,
    loadLog,
    records: records.read,
    data,
  };
}

function facts(data: ReadonlyMap<number, Uint8Array>) {
  const track = trackOf(data.get(TAG.track2));
  const pan = Pan.parse(parseCompressedNumeric(data.get(TAG.pan) ?? new Uint8Array()) ?? '') ?? track.pan;
  const sequence = data.get(TAG.panSequence);
  const amount = (tag: number) => parseAmount(data.get(tag) ?? new Uint8Array());
  return {
    pan,
    panSequence: sequence?.length === 1 ? parseBcd(sequence) : undefined,
    expiry: parseDate(data.get(TAG.expiryDate) ?? new Uint8Array()) ?? track.expiry,
    effective: parseDate(data.get(0x5f25) ?? new Uint8Array()),
    electronicCash: {
      balance: amount(TAG.ecBalance),
      balanceLimit: amount(0x9f77),
      singleLimit: amount(0x9f78),
      resetThreshold: amount(0x9f6d),
    },
    atc: numberOf(data.get(TAG.atc)),
    lastOnlineAtc: numberOf(data.get(0x9f13)),
    pinTriesLeft: numberOf(data.get(0x9f17)),
  };
}

/** Selects a name; undefined when there is no such application, or it is one that has been reported. */
function* select(card: Card, name: Uint8Array, known: readonly ApplicationReport[]): Step<Reply | undefined> {
  const reply = yield* card.send(selectByName(name));
  if (reply.sw !== SUCCESS && reply.sw !== BLOCKED) return undefined;
  const aid = findTag(nodesOf(reply.data), TAG.fci, TAG.dfName)?.value;
  return aid === undefined || known.some((one) => equalBytes(one.aid, aid)) ? undefined : reply;
}

/**
 * Reads what a card says of itself: its applications, who it is, its money, its logs, and whether it is genuine. It is not made
 * to pay: no GENERATE AC is sent, GPO says amount 0 and asks for an online cryptogram, and after a TC the last record is not
 * read. GPO moves the ATC of each application on by one or two; INTERNAL AUTHENTICATE has it sign a number, and no amount. Whatever the card answers ends in a report, of at most
 * MAX_APPLICATIONS applications.
 */
export function* inspect(input: InspectInput): Step<CardReport> {
  const card = new Card();
  const applications: ApplicationReport[] = [];
  const directory = yield* readDirectory(card, input.over);
  const usable = directory.names.filter(({ length }) => length >= MIN_NAME && length <= MAX_NAME);
  const names = [
    ...usable.slice(0, MAX_APPLICATIONS).map((name) => ({ name, foundBy: 'directory' as const })),
    ...(input.names ?? KNOWN_NAMES).map((name) => ({ name, foundBy: 'name' as const })),
  ];
  for (const { name, foundBy } of names) {
    if (applications.length >= MAX_APPLICATIONS) break;
    const selected = yield* select(card, name, applications);
    if (selected !== undefined) applications.push(yield* readApplication(card, input, selected, foundBy));
  }
  const blocked = directory.sw === BLOCKED_CARD && applications.length === 0;
  return { directory: directory.kind, applications, blocked, torn: card.left };
}
