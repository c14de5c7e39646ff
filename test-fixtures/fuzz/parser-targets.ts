import { tagInfo } from '../../emv/dictionary/index.ts';
import { balanceOf, parseIssuerApplicationData } from '../../emv/issuer/index.ts';
import { parseAfl } from '../../emv/kernel/afl.ts';
import { CardData } from '../../emv/kernel/card-data.ts';
import { isQpboc, parseFci } from '../../emv/kernel/fci.ts';
import { parseGpoAnswer } from '../../emv/kernel/gpo-answer.ts';
import { templateOf } from '../../emv/kernel/read-application-data.ts';
import { splitDol } from '../../emv/kernel/terminal-data.ts';
import { parseTrack2 } from '../../emv/kernel/track2.ts';
import { buildDol, encodeTlv, parseDol, parseTlv, type Tlv } from '../../emv/tlv/index.ts';
import { hex, parseAmount, parseBcd, parseCompressedNumeric, parseDate, toHex } from '../../emv/values/index.ts';
import type { ByteTarget } from './byte-fuzz.ts';
import {
  readCompressed,
  readDataObjectList,
  readDay,
  readIssuerData,
  readLocator,
  readNumeric,
  readTrack,
} from './second-readers.ts';
import { type Branch, leavesOf, placesIn, readTree, writeTree } from './tlv-tree.ts';
import { type Transcript, withoutStatus } from './transcript.ts';

/** What two readers made of the same bytes. */
function compared(ours: unknown, second: unknown): string | undefined {
  const [a, b] = [JSON.stringify(ours), JSON.stringify(second)];
  return a === b ? undefined : `read as ${a}, a second reader says ${b}`;
}

const shown = (nodes: readonly Tlv[]): string =>
  nodes
    .map(({ tag, value, children }) => `${tag.toString(16)}${children ? `[${shown(children)}]` : `=${toHex(value)}`}`)
    .join(' ');
const shownTree = (branches: readonly Branch[]): string =>
  branches
    .map(
      ({ tag, body }) =>
        `${tag.toString(16)}${body instanceof Uint8Array ? `=${toHex(body)}` : `[${shownTree(body)}]`}`,
    )
    .join(' ');

function checkTlv(bytes: Uint8Array): string | undefined {
  const parsed = parseTlv(bytes);
  const tree = readTree(bytes);
  const fault = compared(
    parsed.kind === 'parsed' ? shown(parsed.nodes) : 'malformed',
    tree ? shownTree(tree) : 'malformed',
  );
  if (fault !== undefined || parsed.kind === 'malformed' || tree === undefined) return fault;
  for (const { siblings, at } of placesIn(tree)) {
    const branch = siblings[at];
    if (branch === undefined) continue;
    const value = branch.body instanceof Uint8Array ? branch.body : writeTree(branch.body);
    const again = compared(toHex(encodeTlv(branch.tag, value)), toHex(writeTree([{ tag: branch.tag, body: value }])));
    if (again !== undefined) return again;
  }
  return undefined;
}

function checkDol(bytes: Uint8Array): string | undefined {
  const parsed = parseDol(bytes);
  const entries = parsed.kind === 'parsed' ? parsed.entries : undefined;
  const fault = compared(entries, readDataObjectList(bytes));
  if (fault !== undefined || entries === undefined) return fault;
  const values = buildDol(entries, (tag) => Uint8Array.of(tag & 0xff, 0x12, 0x34));
  const asked = entries.reduce((sum, { length }) => sum + length, 0);
  if (values.length !== asked) return `${values.length} bytes of values for ${asked}`;
  const told = splitDol(entries, values);
  if (told === undefined || entries.some(({ tag }) => told.get(tag) === undefined)) return 'the values cannot be split';
  return splitDol(entries, new Uint8Array(asked + 1)) === undefined ? undefined : 'one value too many is taken';
}

function checkLocator(bytes: Uint8Array): string | undefined {
  const plan = parseAfl(bytes);
  const named = plan && [...plan.before, plan.last];
  return compared(
    named?.map(({ sfi, record, authenticated }) => `${sfi}.${record}${authenticated ? '!' : ''}`),
    readLocator(bytes),
  );
}

function checkTrack(bytes: Uint8Array): string | undefined {
  const track = parseTrack2(bytes);
  const { year, month } = track?.expiry ?? { year: 0, month: 0 };
  const yymm = `${String(year % 100).padStart(2, '0')}${String(month).padStart(2, '0')}`;
  return compared(track && { pan: track.pan.reveal(), month: yymm }, readTrack(bytes));
}

function checkIssuerData(bytes: Uint8Array): string | undefined {
  const parsed = parseIssuerApplicationData(bytes);
  if (parsed.kind === 'malformed') return compared(undefined, readIssuerData(bytes));
  const { cvr, discretionaryData } = parsed.iad;
  const balance = discretionaryData && balanceOf(discretionaryData);
  return compared({ decision: cvr.firstDecision, balance }, readIssuerData(bytes));
}

function checkNumbers(bytes: Uint8Array): string | undefined {
  const date = parseDate(bytes);
  const day = date && [date.year, date.month, date.day].map((part) => String(part).padStart(2, '0')).join('-');
  return (
    compared(parseBcd(bytes), readNumeric(bytes)) ??
    compared(parseCompressedNumeric(bytes), readCompressed(bytes)) ??
    compared(parseAmount(bytes), bytes.length === 6 ? readNumeric(bytes) : undefined) ??
    compared(day, readDay(bytes))
  );
}

/** What must be asked for in its own length, or not at all. */
const OWN_LENGTHS = new Map([
  [0x9f66, 4],
  [0x9f02, 6],
  [0x9f03, 6],
  [0x9f1a, 2],
  [0x95, 5],
  [0x5f2a, 2],
  [0x9a, 3],
  [0x9c, 1],
  [0x9f37, 4],
]);

function checkFci(bytes: Uint8Array): string | undefined {
  const parsed = parseFci(bytes);
  if (parsed.kind !== 'application') return undefined;
  const { aid, label, pdol } = parsed.application;
  if (aid.length < 5 || aid.length > 16) return `an AID of ${aid.length} bytes`;
  if (!/^[\x20-\x7e]{0,16}$/.test(label)) return `the label ${label}`;
  const needed = [0x9f66, 0x9f02, 0x9f37].every((tag) => pdol.some((entry) => entry.tag === tag));
  const odd = pdol.find(({ tag, length }) => (OWN_LENGTHS.get(tag) ?? length) !== length);
  const serves = needed && odd === undefined;
  return isQpboc(parsed.application) === serves ? undefined : `a PDOL that ${serves ? 'serves' : 'does not serve'}`;
}

const DECISION_BITS: Readonly<{ [decision: string]: number }> = { tc: 1, arqc: 2 };

function checkGpoAnswer(bytes: Uint8Array): string | undefined {
  const parsed = parseGpoAnswer(bytes);
  if (parsed.kind !== 'qpboc') return undefined;
  const { aip, atc, cryptogram, ctq, issuerApplicationData, decision, pan } = parsed.answer;
  if (aip.length !== 2 || atc.length !== 2 || cryptogram.length !== 8) return 'a length is wrong';
  if (ctq !== undefined && ctq.length !== 2) return 'qualifiers of another length';
  const said = ((issuerApplicationData[4] ?? 0) >> 4) & 3;
  const told = DECISION_BITS[decision];
  if (told === undefined ? said === 1 || said === 2 : said !== told) return `${decision} from ${said}`;
  const values = leavesOf(readTree(bytes) ?? []);
  const tags = values.map(({ tag }) => tag);
  if (new Set(tags).size !== tags.length) return 'a data object twice';
  const foreign = tags.find((tag) => (tagInfo(tag)?.source ?? 'card') !== 'card');
  if (foreign !== undefined) return `brings ${foreign.toString(16)}`;
  const track = readTrack(values.find(({ tag }) => tag === 0x57)?.value ?? new Uint8Array());
  return track?.pan === pan.reveal() ? undefined : 'another PAN than on the track';
}

function checkRecord(bytes: Uint8Array): string | undefined {
  const objects = templateOf(bytes);
  if (objects === undefined) return undefined;
  const tree = readTree(bytes);
  if (tree?.length !== 1 || tree[0]?.tag !== 0x70) return 'no record';
  const leaves = leavesOf(tree);
  const twice = new Set(leaves.map(({ tag }) => tag)).size !== leaves.length;
  const foreign = leaves.some(({ tag }) => (tagInfo(tag)?.source ?? 'card') !== 'card');
  const fault = new CardData().addRecord(objects);
  return (fault === undefined) === (!twice && !foreign) ? undefined : `taken in: ${fault ?? 'yes'}`;
}

/** The parsers of emv/ that see a card's bytes first. `taps`: honest cards, whose bytes are the seeds. */
export function parserTargets(taps: readonly Transcript[]): readonly ByteTarget[] {
  const answers = taps.flatMap(({ exchanges }) => exchanges.map(({ answer }) => withoutStatus(answer)));
  const beginning = (tag: number): readonly Uint8Array[] => answers.filter(([first]) => first === tag);
  const values = (tag: number): readonly Uint8Array[] =>
    answers.flatMap((answer) =>
      leavesOf(readTree(answer) ?? []).flatMap((leaf) => (leaf.tag === tag ? [leaf.value] : [])),
    );
  return [
    { name: 'TLV', seeds: answers, check: checkTlv },
    { name: 'DOL', seeds: values(0x9f38), check: checkDol },
    { name: 'AFL', seeds: values(0x94), check: checkLocator },
    { name: 'track 2', seeds: values(0x57), check: checkTrack },
    {
      name: 'issuer application data',
      seeds: [...values(0x9f10), hex('07010103900000010F03000000500000000000640A0B0C0D')],
      check: checkIssuerData,
    },
    { name: 'numbers and dates', seeds: [...values(0x5f24), ...values(0x9f79), ...values(0x5a)], check: checkNumbers },
    { name: 'FCI', seeds: beginning(0x6f), check: checkFci },
    { name: 'GPO answer', seeds: beginning(0x77), check: checkGpoAnswer },
    { name: 'record', seeds: beginning(0x70), check: checkRecord },
  ];
}
