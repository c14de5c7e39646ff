import { connect, type Socket } from 'node:net';
import { type After, withLimit } from '../driver-tools.ts';

/*
 * Two questions to pcscd that the native module cannot ask: does it answer, and on which channel is a reader? They go straight
 * to its socket, without the library, and so never hold up the process. The messages are those of pcsc-lite's winscard_msg.h,
 * protocol 4:3 to 4:5 (pcsc-lite 1.8.9 to 2.4): a header of two words, then a struct, both in the byte order of the machine;
 * the answer is the same struct, filled in.
 */

const ESTABLISH_CONTEXT = 0x01;
const CONNECT = 0x04;
const DISCONNECT = 0x06;
const GET_ATTRIB = 0x0f;
const VERSION = 0x11;

const MAJOR = 4;
const USUAL_MINOR = 4;
const KNOWN_MINORS: readonly number[] = [3, 4, 5];

const SCOPE_SYSTEM = 2;
const SHARE_DIRECT = 3;
const LEAVE_CARD = 0;
/** SCARD_ATTR_CHANNEL_ID (PC/SC part 3): class of communication, tag 0110. */
const CHANNEL_ID = 0x0002_0110;

const MAX_READER_NAME = 128;
const MAX_ATTRIBUTE = 264;
const WORD = 4;

/** pcscd that is started by a question, by systemd, needs some time; one that stands still never answers. */
const ANSWER_LIMIT_MS = 4_000;

export interface PcscdPlace {
  readonly socketPath: string;
  readonly after: After;
}

/** A socket may take connections while nobody works behind it: then pcscd has been stopped, hangs, or is about to begin. */
export type Standing = 'answers' | 'stands-still' | 'away';

export async function standingOf(place: PcscdPlace): Promise<Standing> {
  const line = new Line(place);
  const answer = await line.ask(VERSION, words(MAJOR, USUAL_MINOR, 0));
  const hungUp = line.isOver && !line.isCrowded;
  line.close();
  if (answer !== undefined) return 'answers';
  return hungUp ? 'away' : 'stands-still';
}

/**
 * Where a reader hangs, as its driver tells: 0x0020bbdd for USB bus bb, device dd (libccid 1.4.32 and later). Undefined when
 * the driver does not tell, the reader is gone or another program has it for itself. The card is left alone.
 */
export async function channelIdOf(reader: string, place: PcscdPlace): Promise<number | undefined> {
  const first = await askAs(USUAL_MINOR, reader, place);
  if (first.kind === 'channel') return first.id;
  const { minor } = first;
  if (minor === undefined || !KNOWN_MINORS.includes(minor)) return undefined;
  const second = await askAs(minor, reader, place);
  return second.kind === 'channel' ? second.id : undefined;
}

type Asked =
  | { readonly kind: 'channel'; readonly id: number | undefined }
  /** pcscd speaks this version of the protocol instead. */
  | { readonly kind: 'other-version'; readonly minor: number | undefined };

async function askAs(minor: number, reader: string, place: PcscdPlace): Promise<Asked> {
  const line = new Line(place);
  try {
    const version = await line.ask(VERSION, words(MAJOR, minor, 0));
    if (version !== undefined && word(version, 2) !== 0)
      return { kind: 'other-version', minor: word(version, 0) === MAJOR ? word(version, 1) : undefined };
    return { kind: 'channel', id: version && (await channelOver(line, reader)) };
  } finally {
    line.close();
  }
}

async function channelOver(line: Line, reader: string): Promise<number | undefined> {
  const established = await line.ask(ESTABLISH_CONTEXT, words(SCOPE_SYSTEM, 0, 0));
  if (established === undefined || word(established, 2) !== 0) return undefined;
  const name = Buffer.alloc(MAX_READER_NAME);
  // A name that fills its field would not be ended.
  if (name.write(reader) >= MAX_READER_NAME) return undefined;
  const connecting = Buffer.concat([words(word(established, 1)), name, words(SHARE_DIRECT, 0, 0, 0, 0)]);
  const connected = await line.ask(CONNECT, connecting);
  if (connected === undefined || lastWord(connected) !== 0) return undefined;
  const card = connected.readInt32LE(WORD + MAX_READER_NAME + 2 * WORD);
  const asking = Buffer.alloc(4 * WORD + MAX_ATTRIBUTE);
  asking.writeInt32LE(card, 0);
  asking.writeUInt32LE(CHANNEL_ID, WORD);
  asking.writeUInt32LE(MAX_ATTRIBUTE, 2 * WORD + MAX_ATTRIBUTE);
  const got = await line.ask(GET_ATTRIB, asking);
  const leaving = words(0, LEAVE_CARD, 0);
  leaving.writeInt32LE(card, 0);
  await line.ask(DISCONNECT, leaving);
  const isThere = got !== undefined && lastWord(got) === 0 && got.readUInt32LE(2 * WORD + MAX_ATTRIBUTE) === WORD;
  return isThere ? word(got, 2) : undefined;
}

const word = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at * WORD);
const lastWord = (bytes: Buffer): number => bytes.readUInt32LE(bytes.length - WORD);

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * WORD);
  values.forEach((value, at) => {
    bytes.writeUInt32LE(value >>> 0, at * WORD);
  });
  return bytes;
}

/** One connection to pcscd: a question, then its answer. */
class Line {
  readonly #socket: Socket;
  readonly #after: After;
  /** More wait for it than the system lets wait, as for one that stands still. */
  isCrowded = false;
  #received = Buffer.alloc(0);
  #heard = (): void => {};

  constructor({ socketPath, after }: PcscdPlace) {
    this.#after = after;
    this.#socket = connect({ path: socketPath });
    this.#socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      this.isCrowded = code === 'EAGAIN';
    });
    this.#socket.on('close', () => this.#heard());
    this.#socket.on('data', (piece) => {
      this.#received = Buffer.concat([this.#received, piece]);
      this.#heard();
    });
  }

  /** Undefined when the connection ends first, or no answer comes. */
  async ask(command: number, body: Buffer): Promise<Buffer | undefined> {
    this.#socket.write(Buffer.concat([words(body.length, command), body]));
    const answered = new Promise<Buffer | undefined>((resolve) => {
      this.#heard = () => {
        if (this.#received.length >= body.length) resolve(this.#received.subarray(0, body.length));
        else if (this.#socket.destroyed) resolve(undefined);
      };
      this.#heard();
    });
    const answer = await withLimit(answered, ANSWER_LIMIT_MS, this.#after);
    this.#received = this.#received.subarray(body.length);
    return answer === 'late' ? undefined : answer;
  }

  get isOver(): boolean {
    return this.#socket.destroyed;
  }

  close(): void {
    this.#socket.destroy();
  }
}
