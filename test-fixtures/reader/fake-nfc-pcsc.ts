import { EventEmitter } from 'node:events';

/** What the native module would answer to one call; undefined: not at all. */
type NativeAnswer = { readonly error: string } | { readonly value: unknown } | undefined;

/** The package nfc-pcsc without PC/SC: a test says what the service reports and what each native call comes to. */
export interface FakeNfcPcsc {
  readonly NFC: new () => EventEmitter & { close(): void };
  /** How often a session was started. */
  readonly sessions: number;
  /** Native calls in their order, as in `connect exclusive`, with the number of the native object in front. */
  readonly calls: readonly string[];
  /** The commands that were transmitted, and the data of control commands. */
  readonly sent: readonly Uint8Array[];
  /** What the next calls come to, one entry a call; when they are used up, calls succeed. */
  next(...answers: NativeAnswer[]): void;
  plugIn(name: string): FakeReader;
  /** The service breaks. */
  break(message: string): void;
  /** What the service says to whoever wants to connect; undefined: it lets them. */
  refusal: string | undefined;
}

export interface FakeReader {
  /** The service reports a status word. */
  status(word: number, atr?: Uint8Array): void;
  /** The watch over this reader breaks. */
  break(message: string): void;
  /** The reader is pulled out. */
  pullOut(): void;
  /** Answers the call that got no answer. */
  answerLate(value: unknown): void;
}

type Callback = (error: unknown, value?: unknown) => void;

const SHARE: Readonly<Record<number, string>> = { 1: 'exclusive', 2: 'shared', 3: 'direct' };
const DISPOSITION: Readonly<Record<number, string>> = { 0: 'leave', 1: 'reset', 2: 'unpower' };
const T1 = 2;

/** How a native object tells of a call; `usual` is what it comes to unless the test says otherwise. */
type Called = (native: FakeNative, what: string, callback: Callback, usual: unknown, command?: Uint8Array) => void;

/** The native reader object, with the constants of PC/SC. */
class FakeNative extends EventEmitter {
  readonly SCARD_SHARE_EXCLUSIVE = 1;
  readonly SCARD_SHARE_SHARED = 2;
  readonly SCARD_SHARE_DIRECT = 3;
  readonly SCARD_LEAVE_CARD = 0;
  readonly SCARD_RESET_CARD = 1;
  readonly name: string;
  readonly number: number;
  readonly #called: Called;

  constructor(name: string, number: number, called: Called) {
    super();
    this.name = name;
    this.number = number;
    this.#called = called;
  }

  get_status(callback: Callback): void {
    this.#called(this, 'watch', callback, 0);
  }

  connect(options: { share_mode: number }, callback: Callback): void {
    const isDirect = options.share_mode === this.SCARD_SHARE_DIRECT;
    this.#called(this, `connect ${SHARE[options.share_mode]}`, callback, isDirect ? 0 : T1);
  }

  disconnect(disposition: number, callback: Callback): void {
    this.#called(this, `disconnect ${DISPOSITION[disposition]}`, callback, null);
  }

  transmit(command: Uint8Array, maxBytes: number, protocol: number, callback: Callback): void {
    this.#called(this, `transmit ${maxBytes} ${protocol}`, callback, Buffer.from([0x90, 0x00]), command);
  }

  control(command: Uint8Array, code: number, maxBytes: number, callback: Callback): void {
    this.#called(this, `control ${code.toString(16)} ${maxBytes}`, callback, Buffer.alloc(0), command);
  }

  close(): void {
    this.#called(this, 'close', () => {}, null);
  }
}

class FakeNfc extends EventEmitter {
  readonly #closed: () => void;

  constructor(closed: () => void) {
    super();
    this.#closed = closed;
  }

  close(): void {
    this.#closed();
  }
}

export function fakeNfcPcsc(): FakeNfcPcsc {
  const calls: string[] = [];
  const sent: Uint8Array[] = [];
  const answers: NativeAnswer[] = [];
  const unanswered: Callback[] = [];
  const sessions: FakeNfc[] = [];
  let natives = 0;

  const called: Called = (native, what, callback, usual, command) => {
    calls.push(`${native.number} ${what}`);
    if (command !== undefined) sent.push(Uint8Array.from(command));
    // The end of a native object is not for tests to fail.
    const isAnsweredAsUsual = what === 'watch' || what === 'close' || answers.length === 0;
    const answer = isAnsweredAsUsual ? { value: usual } : answers.shift();
    if (answer === undefined) unanswered.push(callback);
    else if ('error' in answer) setImmediate(() => callback(new Error(answer.error)));
    else setImmediate(() => callback(null, answer.value));
  };

  class Native extends FakeNative {
    constructor(name: string) {
      natives += 1;
      super(name, natives, called);
    }
  }

  class Nfc extends FakeNfc {
    constructor() {
      super(() => void calls.push('nfc close'));
      if (fake.refusal !== undefined) throw new Error(fake.refusal);
      sessions.push(this);
    }
  }

  const fake: FakeNfcPcsc = {
    NFC: Nfc,
    calls,
    sent,
    refusal: undefined,
    get sessions() {
      return sessions.length;
    },
    next: (...more) => void answers.push(...more),
    plugIn: (name) => plugIn(new Native(name), sessions.at(-1), unanswered),
    break: (message) => void sessions.at(-1)?.emit('error', new Error(message)),
  };
  return fake;
}

function plugIn(native: FakeNative, session: FakeNfc | undefined, unanswered: Callback[]): FakeReader {
  const reader = Object.assign(new EventEmitter(), { reader: native, autoProcessing: true });
  // What the package does by itself at a change of status.
  native.on('status', () => native.connect({ share_mode: native.SCARD_SHARE_SHARED }, () => {}));
  native.on('error', (error) => reader.emit('error', error));
  native.on('end', () => reader.emit('end'));
  session?.emit('reader', reader);
  return {
    status: (word, atr) => void native.emit('status', { state: word, atr: atr && Buffer.from(atr) }),
    break: (message) => void native.emit('error', new Error(message)),
    pullOut: () => void native.emit('end'),
    answerLate: (value) => unanswered.shift()?.(null, value),
  };
}
