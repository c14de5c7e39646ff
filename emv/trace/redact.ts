import { TAG } from '../dictionary/index.ts';
import { parseTlv, type Tlv } from '../tlv/index.ts';
import { concat, toHex } from '../values/index.ts';
import type { Exchange, Recording } from './recording.ts';
import { redactCommand } from './redact-command.ts';
import { hidePans, panOf, trackLike, writeDigits } from './redact-pan.ts';
import { serialIn, wipeCodes } from './redact-purse.ts';

const GET_RESPONSE = 0xc0;
const GENERATE_AC = 0xae;

/** Filled with characters, so that they stay what their format says. */
const TEXT: ReadonlySet<number> = new Set([TAG.track1, 0x5f20, 0x5f53, 0x9f0b, 0x9f1f, 0x9f61]);
const TEXT_FILL = 0x58;
/**
 * Filled with zeros. 9F46 and 9F2D hold the PAN; 93 holds a hash over it, and a hash over so few digits can be tried out; 9F20
 * may hold card verification values; 9F26 and 91 could be used by whoever knows the card.
 */
const BINARY: ReadonlySet<number> = new Set([TAG.iccCertificate, 0x9f2d, 0x93, 0x9f20, TAG.cryptogram, 0x91]);
/** 9F10: behind the fixed part and a length stand discretionary data, which end with a MAC. */
const IAD_FIXED = 9;
const MAC_LENGTH = 4;
/** 80 in answer to GENERATE AC: CID 1, ATC 2, cryptogram 8. */
const CRYPTOGRAM = { from: 3, to: 11 } as const;
/** 57 behind the PAN: separator, expiry and service code stay; what follows may hold verification values. */
const TRACK_KEPT = 8;
/** Templates that hold card data: one that is no TLV may have been cut within any of them. */
const TEMPLATES: ReadonlySet<number> = new Set([TAG.fci, TAG.record, TAG.responseFormat2]);
/** No tag begins so: what was no TLV stays none. */
const NO_TLV = 0xff;

/** A question, the exchanges in which it was answered (GET RESPONSE), and a copy of the answer's data. */
interface Answer {
  readonly ins: number;
  readonly command: Uint8Array;
  readonly pieces: readonly Exchange[];
  readonly data: Uint8Array;
}

const dataOf = (response: Uint8Array): Uint8Array => response.subarray(0, Math.max(0, response.length - 2));

function answersIn(exchanges: readonly Exchange[]): Answer[] {
  const questions: Exchange[][] = [];
  for (const exchange of exchanges) {
    const last = questions.at(-1);
    if (exchange.command[1] === GET_RESPONSE && last !== undefined) last.push(exchange);
    else questions.push([exchange]);
  }
  return questions.map((pieces) => ({
    ins: pieces[0]?.command[1] ?? 0,
    command: pieces[0]?.command ?? new Uint8Array(),
    pieces,
    data: concat(...pieces.map(({ response }) => dataOf(response))),
  }));
}

/** The exchanges of an answer, with the data that stand there now. */
function takeApart({ pieces, data }: Answer): Exchange[] {
  let at = 0;
  return pieces.map(({ command, response }) => {
    const { length } = dataOf(response);
    const piece = concat(data.subarray(at, at + length), response.subarray(length));
    at += length;
    return { command, response: piece };
  });
}

/** Every value that is no template. Values are views: writing to one changes the answer. */
function valuesIn(nodes: readonly Tlv[]): (readonly [tag: number, value: Uint8Array])[] {
  return nodes.flatMap(({ tag, value, children }) => (children === undefined ? [[tag, value]] : valuesIn(children)));
}

function values({ data }: Answer): ReturnType<typeof valuesIn> | undefined {
  const parsed = parseTlv(data);
  return parsed.kind === 'parsed' ? valuesIn(parsed.nodes) : undefined;
}

/** PANs that an answer names, or the serial number of a purse. */
function pansOf(answer: Answer): readonly string[] {
  const serial = serialIn(answer.command, answer.data);
  if (serial !== undefined) return [serial];
  const found = values(answer)?.map(([tag, value]) => panOf(tag, value));
  return found?.filter((pan) => pan !== undefined) ?? trackLike(answer.data);
}

function wipeTrack(value: Uint8Array): void {
  const digits = toHex(value);
  const separator = digits.indexOf('D');
  const from = separator < 0 ? 0 : separator + TRACK_KEPT;
  writeDigits(value, from, digits.slice(from).replace(/[0-9A-E]/g, '0'));
}

function wipeValue(ins: number, tag: number, value: Uint8Array): void {
  if (TEXT.has(tag)) value.fill(TEXT_FILL);
  if (BINARY.has(tag)) value.fill(0);
  if (tag === TAG.track2) wipeTrack(value);
  if (tag === TAG.issuerApplicationData && value.length >= IAD_FIXED + MAC_LENGTH) value.fill(0, -MAC_LENGTH);
  if (tag === TAG.responseFormat1 && ins === GENERATE_AC) value.fill(0, CRYPTOGRAM.from, CRYPTOGRAM.to);
}

/** What no tag can be told of: cut card data go whole, anything else (a log) only loses what looks like track 2. */
function wipeUnreadable(data: Uint8Array): void {
  if (TEMPLATES.has(data[0] ?? 0)) data.fill(NO_TLV, 1);
  for (const { index, 0: track } of toHex(data).matchAll(/[0-9]{12,19}D[0-9]{4,}/g)) {
    const from = track.indexOf('D') + TRACK_KEPT;
    writeDigits(data, index + from, track.slice(from).replace(/[0-9]/g, '0'));
  }
}

function wipe(answer: Answer, pans: ReadonlySet<string>): void {
  const objects = values(answer);
  if (objects === undefined) wipeUnreadable(answer.data);
  else for (const [tag, value] of objects) wipeValue(answer.ins, tag, value);
  wipeCodes(answer.command, answer.data);
  hidePans(pans, answer.data);
}

/**
 * A recording that may be shown: the same commands and answers, byte for byte as long, without PIN, PAN, names, track data, the
 * card's certificates, cryptograms and MACs. The PAN keeps its first six and last four digits and is replaced the same way
 * wherever it stands, so that a lenient replay goes as far as the certificates, which cannot verify. Never throws.
 */
export function redact({ exchanges }: Recording): Recording {
  const kept = exchanges.map(({ command, response }) => ({ command: redactCommand(command), response }));
  const answers = answersIn(kept);
  const pans = new Set(answers.flatMap(pansOf));
  for (const answer of answers) wipe(answer, pans);
  const redacted = answers.flatMap(takeApart);
  for (const { command } of redacted) hidePans(pans, command);
  return { exchanges: redacted };
}

const CERTIFICATES: ReadonlySet<number> = new Set([TAG.iccCertificate, 0x9f2d, 0x93]);

/** Were the card's certificates, or the issuer's signature 93, taken out of this recording? Such a card authenticates no more. */
export function lacksCertificates({ exchanges }: Recording): boolean {
  return answersIn(exchanges).some((answer) =>
    values(answer)?.some(
      ([tag, value]) => CERTIFICATES.has(tag) && value.length > 0 && value.every((byte) => byte === 0),
    ),
  );
}
