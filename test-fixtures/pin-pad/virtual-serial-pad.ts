import { openVirtualSerial, type VirtualSerial } from '../serial/virtual-serial.ts';
import { openBlock, type PadKey, type Protection } from './pad-key-block.ts';
import { type PadFormat, pinBlock } from './pin-block.ts';

export interface VirtualSerialPadParts {
  readonly format: PadFormat;
  readonly protection?: Protection;
  /** Its keys, by their places. */
  readonly keys?: ReadonlyMap<string, PadKey>;
  /** How long it waits for an acknowledgement before it sends again; the manual says 5 s. */
  readonly resendMs?: number;
  /** A PIN may be left out. */
  readonly nullPin?: boolean;
}

type Change = (bytes: Uint8Array) => readonly Uint8Array[];
type State =
  | { readonly kind: 'idle' | 'processing' }
  | { readonly kind: 'entering'; readonly pan: string; readonly digits: string };
/** What was sent, how often it may still be sent again, and what follows its acknowledgement. */
interface Unacknowledged {
  readonly frame: Buffer;
  readonly left: number;
  readonly done: () => void;
}

const [STX, ETX, EOT, ACK, SO, SI, NAK] = [0x02, 0x03, 0x04, 0x06, 0x0e, 0x0f, 0x15] as const;
const FS = '\x1c';
const ALGORITHMS = { 'iso-0': 'T', 'iso-4': 'A', 'sm4-0': '4' } as const;
const NO_SESSION_KEY = /^0{32}(.{4,8})$/;

const lrc = (body: Uint8Array, close: number): number => body.reduce((check, byte) => check ^ byte, close);

/** A PIN pad on a PTY that follows the manual of the PP791 as far as the driver does, with keys and ciphers of its own. */
export class VirtualSerialPad {
  readonly serial: VirtualSerial;
  /** Message numbers in the order in which they were taken. */
  readonly taken: string[] = [];
  /** What it shows: the amount while a PIN is awaited. */
  screen = '';
  /** After how many times 30 s it gives up by itself. */
  timeoutUnits = '';
  /** What becomes of its answers on the line. */
  mangle: Change | undefined;
  /** Called when a message has come, before it is answered. */
  onMessage = (_number: string): void => {};
  /** Hears nothing any more, and says nothing. */
  hung = false;
  readonly #parts: VirtualSerialPadParts;
  readonly #keys: Map<string, PadKey>;
  #state: State = { kind: 'idle' };
  #selected = '';
  #collected = Buffer.alloc(0);
  #last: Unacknowledged | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(serial: VirtualSerial, parts: VirtualSerialPadParts) {
    this.serial = serial;
    this.#parts = parts;
    this.#keys = new Map(parts.keys);
    serial.receive((chunk) => {
      if (this.hung) return;
      this.#collected = Buffer.concat([this.#collected, chunk]);
      while (this.#takeOne());
    });
  }

  static async open(parts: VirtualSerialPadParts): Promise<VirtualSerialPad> {
    return new VirtualSerialPad(await openVirtualSerial(), parts);
  }

  get port(): string {
    return this.serial.port;
  }

  get awaitsPin(): boolean {
    return this.#state.kind === 'entering';
  }

  /** A digit, or a key with a name; too few digits are not taken, unless this pad lets the PIN be left out. */
  press(...keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#state.kind !== 'entering') throw new Error('no PIN is awaited');
      const { pan, digits } = this.#state;
      if (key === 'enter') this.#finish(pan, digits);
      else if (key === 'cancel') {
        this.#idle();
        this.#put(Buffer.of(EOT));
      } else this.#state = { kind: 'entering', pan, digits: key === 'clear' ? '' : `${digits}${key}`.slice(0, 12) };
    }
  }

  /** Types a PIN whole. */
  type(pin: string): void {
    this.press(...pin, 'enter');
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.hung = true;
    await this.serial.close();
  }

  /** Takes the first frame or character of what has come; false when there is no whole one. */
  #takeOne(): boolean {
    const [first] = this.#collected;
    if (first === undefined) return false;
    if (first !== STX && first !== SI) {
      this.#collected = this.#collected.subarray(1);
      this.#single(first);
      return true;
    }
    const close = first === STX ? ETX : SO;
    const end = this.#collected.indexOf(close, 1);
    if (end < 0 || end + 1 >= this.#collected.length) return false;
    const body = this.#collected.subarray(1, end);
    const right = this.#collected[end + 1] === lrc(body, close);
    const text = body.toString('latin1');
    this.#collected = this.#collected.subarray(end + 2);
    if (right) this.#take(first, text);
    else this.#put(Buffer.of(NAK));
    return true;
  }

  #single(byte: number): void {
    if (byte === NAK) this.#resend();
    if (byte !== ACK && byte !== EOT) return;
    const last = this.#last;
    this.#last = undefined;
    clearTimeout(this.#timer);
    if (byte === ACK) last?.done();
  }

  #take(open: number, text: string): void {
    const number = text.slice(0, 2);
    this.taken.push(number);
    this.onMessage(number);
    if (open === STX && number === '72') this.#cancel();
    else if (this.#state.kind === 'idle') {
      this.#put(Buffer.of(ACK));
      if (open === STX && text.startsWith('70.')) this.#enter(text);
      else if (open === SI) this.#upkeep(number, text);
    }
  }

  #cancel(): void {
    const inTheMiddle = this.#state.kind === 'entering';
    this.#last = undefined;
    clearTimeout(this.#timer);
    this.#idle();
    this.#put(Buffer.of(inTheMiddle ? EOT : ACK));
  }

  #upkeep(number: string, text: string): void {
    const slot = text[2] ?? '';
    if (number === '02') this.#load(slot, text);
    else if (number === '04') this.#tell(slot);
    else if (number === '08') {
      this.#selected = slot;
      this.#answer(SI, '080');
    }
  }

  #load(slot: string, text: string): void {
    const opened = openBlock(text.slice(3), this.#parts.protection);
    if (typeof opened === 'string') this.#answer(SI, `02?${opened}`);
    else if (opened.usage !== 'P0') this.#answer(SI, '02?E');
    else
      this.#answer(SI, text, () => {
        this.#keys.set(slot, opened);
        this.#put(Buffer.of(EOT));
      });
  }

  #tell(slot: string): void {
    const { protection } = this.#parts;
    const kept = this.#keys.get(slot);
    const own = slot === 'F' &&
      protection && { usage: 'K0', mode: 'D', algorithm: protection.cipher === 'aes' ? 'A' : 'T' };
    const key = own || kept;
    this.#answer(SI, key === undefined ? '040' : `04F${[key.usage, key.mode, key.algorithm].join(FS)}`);
  }

  #enter(text: string): void {
    const [pan = '', amount = '', units = '9'] = text.slice(3).split(FS);
    const shown = NO_SESSION_KEY.exec(amount)?.[1];
    const key = this.#keys.get(this.#selected);
    if (key === undefined) this.#answer(STX, '719', () => {});
    else if (shown === undefined || key.usage !== 'P0' || key.algorithm !== ALGORITHMS[this.#parts.format]) {
      this.#answer(STX, '711', () => {});
    } else {
      this.#state = { kind: 'entering', pan, digits: '' };
      this.screen = shown;
      this.timeoutUnits = units;
    }
  }

  #finish(pan: string, digits: string): void {
    const leftOut = digits === '' && this.#parts.nullPin === true;
    if (digits.length < 4 && !leftOut) return;
    this.#state = { kind: 'processing' };
    this.screen = 'PIN PAD PROCESSING';
    const key = this.#keys.get(this.#selected)?.key ?? Buffer.alloc(16);
    const block = leftOut ? Buffer.alloc(8) : pinBlock(this.#parts.format, digits, pan, key);
    const length = String(digits.length).padStart(2, '0');
    this.#answer(STX, `71.0${length}01${block.toString('hex').toUpperCase()}`, () => {});
  }

  #idle(): void {
    this.#state = { kind: 'idle' };
    this.screen = '';
  }

  #answer(open: number, text: string, done = () => this.#put(Buffer.of(EOT))): void {
    const body = Buffer.from(text, 'latin1');
    const close = open === STX ? ETX : SO;
    const frame = Buffer.concat([Buffer.of(open), body, Buffer.of(close, lrc(body, close))]);
    this.#last = { frame, left: 3, done };
    this.#resend();
  }

  #resend(): void {
    clearTimeout(this.#timer);
    const last = this.#last;
    if (last === undefined) return;
    this.#last = last.left === 0 ? undefined : { ...last, left: last.left - 1 };
    this.#put(this.#last === undefined ? Buffer.of(EOT) : last.frame);
    this.#timer = setTimeout(() => this.#resend(), this.#parts.resendMs ?? 5_000);
  }

  #put(bytes: Uint8Array): void {
    if (this.hung) return;
    for (const piece of this.mangle?.(bytes) ?? [bytes]) this.serial.send(piece);
  }
}
