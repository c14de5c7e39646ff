import type { NativeReader } from 'nfc-pcsc';
import type { NativeEnds } from './native-ends.ts';
import type { WatchedReader } from './nfc-pcsc.ts';
import { type PcscFailure, readFailure } from './status.ts';

/** Short APDUs: 256 bytes of data and the status word. */
const MAX_ANSWER_BYTES = 258;

export type Connected = { readonly kind: 'connected' } | { readonly kind: 'failed'; readonly failure: PcscFailure };

export type Transmitted =
  | { readonly kind: 'answered'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: PcscFailure };

/**
 * The line to one reader's card: native calls as promises that never reject. Calls must come one after the other.
 *
 * It works on a native object of its own, not on the one that watches the reader: the native module holds that object's lock
 * during an exchange and takes the same lock on the main thread for a change of status, so a silent card would stop the process.
 */
export class CardHandle {
  readonly #newNative: WatchedReader['newNative'];
  readonly #dispose: NativeEnds['dispose'];
  #native: NativeReader | undefined;
  #protocol: number | undefined;

  constructor(newNative: WatchedReader['newNative'], dispose: NativeEnds['dispose']) {
    this.#newNative = newNative;
    this.#dispose = dispose;
  }

  get isConnected(): boolean {
    return this.#protocol !== undefined;
  }

  /** Connects to the card and keeps other programs off it. `reader` connects to the reader alone, card or none. */
  async connect(to: 'card' | 'reader'): Promise<Connected> {
    this.#native ??= await this.#newNative();
    const native = this.#native;
    if (native === undefined) return { kind: 'failed', failure: 'service-gone' };
    const options =
      to === 'card'
        ? { share_mode: native.SCARD_SHARE_EXCLUSIVE }
        : { share_mode: native.SCARD_SHARE_DIRECT, protocol: 0 };
    return new Promise((resolve) => {
      native.connect(options, (error, protocol) => {
        if (error) return resolve({ kind: 'failed', failure: readFailure(error) });
        // Without a protocol nothing was connected: the native object believes an older connection to be open.
        if (protocol === undefined) {
          this.release();
          return resolve({ kind: 'failed', failure: 'other' });
        }
        this.#protocol = protocol;
        resolve({ kind: 'connected' });
      });
    });
  }

  /** Ends the connection, if there is one. An object that cannot do so is given up for a new one. */
  disconnect(card: 'reset' | 'leave'): Promise<void> {
    const native = this.#native;
    if (native === undefined || !this.isConnected) return Promise.resolve();
    this.#protocol = undefined;
    const disposition = card === 'reset' ? native.SCARD_RESET_CARD : native.SCARD_LEAVE_CARD;
    return new Promise((resolve) => {
      native.disconnect(disposition, (error) => {
        if (error) this.release();
        resolve();
      });
    });
  }

  /** Sends a command and waits for the answer, however long it takes. The answer may be shorter than a status word. */
  transmit(command: Uint8Array): Promise<Transmitted> {
    const [native, protocol] = [this.#native, this.#protocol];
    if (native === undefined || protocol === undefined) return Promise.resolve({ kind: 'failed', failure: 'other' });
    // It may hold a PIN: in memory of its own, which is zeroed, and not in the pool that Buffer.from takes from.
    const sent = Buffer.alloc(asSent(command, protocol).length, asSent(command, protocol));
    return new Promise((resolve) => {
      native.transmit(sent, MAX_ANSWER_BYTES, protocol, (error, answer) => {
        sent.fill(0);
        if (error || answer === undefined) resolve({ kind: 'failed', failure: readFailure(error) });
        else resolve({ kind: 'answered', bytes: Uint8Array.from(answer) });
      });
    });
  }

  /** Sends a control command to the reader, over a connection to it or to its card, and waits however long it takes. */
  control(code: number, data: Uint8Array): Promise<Transmitted> {
    const native = this.#native;
    if (native === undefined || !this.isConnected) return Promise.resolve({ kind: 'failed', failure: 'other' });
    // The native module reads from it while it works and does not hold on to it; the callback does.
    const sent = Buffer.alloc(data.length, data);
    return new Promise((resolve) => {
      native.control(sent, code, MAX_ANSWER_BYTES, (error, answer) => {
        sent.fill(0);
        if (error || answer === undefined) resolve({ kind: 'failed', failure: readFailure(error) });
        else resolve({ kind: 'answered', bytes: Uint8Array.from(answer) });
      });
    });
  }

  /** Gives up the native object; the next connect makes another. Must not be called during an exchange. */
  release(): void {
    const native = this.#native;
    this.#native = undefined;
    this.#protocol = undefined;
    if (native) this.#dispose(native);
  }
}

/** SCARD_PROTOCOL_T0. */
const T0 = 1;

/**
 * T=0 cannot carry data and Le in one command (ISO/IEC 7816-3 case 4, §12.2): Le is left out, the card announces its answer
 * with 61xx, and whoever asks fetches it. Readers that take whole APDUs do with either.
 */
function asSent(command: Uint8Array, protocol: number): Uint8Array {
  const isCase4 = command.length > 6 && command.length === 6 + (command[4] ?? 0);
  return protocol === T0 && isCase4 ? command.subarray(0, -1) : command;
}
