import { type After, unlessAborted, withLimit } from '../driver-tools.ts';
import type { CardChannel, ControlAnswer, ControlCommand, ExchangeAnswer } from '../ports.ts';
import type { CardHandle, Transmitted } from './card-handle.ts';
import type { ProbedCard } from './presence.ts';
import { resetAndLook } from './probe.ts';
import type { PcscFailure } from './status.ts';

/** What ending a connection, or looking for the card after a tear, may take before the caller is let go. */
const CLOSE_LIMIT_MS = 2_000;
const PROBE_LIMIT_MS = 500;

type Fate = ExchangeAnswer | { readonly kind: 'refused' };
type Answer = (fate: Fate) => void;
type TearCause = Extract<ExchangeAnswer, { kind: 'torn' }>['cause'];

/** Something that goes to card or reader and is answered. */
interface Sending {
  readonly send: () => Promise<Transmitted>;
  readonly timeoutMs: number;
  /** Gives up the wait. */
  readonly signal?: AbortSignal;
  /** An answer with fewer bytes is a tear. */
  readonly leastBytes: 0 | 2;
  /** Failures that are no tear: nothing has reached the card. */
  readonly isRefusal?: (failure: PcscFailure) => boolean;
}

/** What the reader does for the channel to its card. */
export interface ChannelReader {
  readonly handle: CardHandle;
  readonly after: After;
  /** Runs a work on the handle when those before it have ended. */
  queue<T>(work: () => Promise<T>): Promise<T>;
  /** The card owes an answer. */
  fellSilent(channel: PcscChannel): void;
  /** After a tear: this is what a reset found. Undefined when nobody can tell. */
  torn(channel: PcscChannel, found: ProbedCard | undefined): void;
  hasCardGone(): boolean;
  closed(channel: PcscChannel): void;
}

/** The one connection that is open to a reader's card. */
export class PcscChannel implements CardChannel {
  readonly #reader: ChannelReader;
  /** Exchanges that have not begun. */
  readonly #waiting = new Set<Answer>();
  #dead: TearCause | undefined;

  constructor(reader: ChannelReader) {
    this.#reader = reader;
  }

  /** Nothing goes through from now on, and what waits to be sent is torn. The first cause stays. */
  die(cause: TearCause): void {
    this.#dead ??= cause;
    for (const answer of this.#waiting) answer({ kind: 'torn', cause: this.#dead });
    this.#waiting.clear();
  }

  async exchange(command: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer> {
    const { handle } = this.#reader;
    const fate = await this.#send({ send: () => handle.transmit(command), timeoutMs, leastBytes: 2 });
    return fate.kind === 'refused' ? { kind: 'torn', cause: 'reader-error' } : fate;
  }

  /** See ReaderControl. */
  ask({ code, data, timeoutMs }: ControlCommand): Promise<ControlAnswer> {
    const send = () => this.#reader.handle.control(code, data);
    const isRefusal = (failure: PcscFailure): boolean => failure !== 'no-card' && failure !== 'reader-gone';
    return this.#control({ send, timeoutMs, leastBytes: 0, isRefusal });
  }

  /** See ReaderControl. */
  converse({ code, data, timeoutMs }: ControlCommand, signal: AbortSignal): Promise<ControlAnswer> {
    const send = () => this.#reader.handle.control(code, data);
    const isRefusal = (failure: PcscFailure): boolean => failure === 'unsupported';
    return this.#control({ send, timeoutMs, signal, leastBytes: 2, isRefusal });
  }

  async #control(sending: Sending): Promise<ControlAnswer> {
    const fate = await this.#send(sending);
    return fate.kind === 'answered' ? { kind: 'answered', bytes: fate.response } : { kind: fate.kind };
  }

  #send(sending: Sending): Promise<Fate> {
    // Not behind a silent card's exchange, which may hold the queue for long.
    if (this.#dead !== undefined) return Promise.resolve({ kind: 'torn', cause: this.#dead });
    return new Promise((answer) => {
      this.#waiting.add(answer);
      void this.#reader.queue(async () => {
        if (this.#waiting.delete(answer)) await this.#sendNow(sending, answer);
      });
    });
  }

  async close(): Promise<void> {
    if (this.#dead !== undefined) return;
    this.die('reader-error');
    const { handle, after } = this.#reader;
    const closed = this.#reader.queue(async () => {
      await handle.disconnect('reset');
      this.#reader.closed(this);
    });
    await withLimit(closed, CLOSE_LIMIT_MS, after);
  }

  /** Ends when the reader is free again, which may be long after the caller has the answer. */
  async #sendNow({ send, timeoutMs, signal, leastBytes, isRefusal }: Sending, answer: Answer): Promise<void> {
    if (signal?.aborted) return answer({ kind: 'refused' });
    const transmitting = send();
    const awaited = signal === undefined ? transmitting : unlessAborted(transmitting, signal);
    const sent = await withLimit(awaited, timeoutMs, this.#reader.after);
    if (sent === 'late') return this.#silent(transmitting, answer);
    // A card that was swapped meanwhile may have answered instead of the one that was asked.
    if (this.#dead !== undefined) return answer({ kind: 'torn', cause: this.#dead });
    if (sent.kind === 'failed' && isRefusal?.(sent.failure)) return answer({ kind: 'refused' });
    if (sent.kind === 'answered' && sent.bytes.length >= leastBytes)
      return answer({ kind: 'answered', response: sent.bytes });
    return this.#torn(sent, answer);
  }

  async #silent(transmitting: Promise<Transmitted>, answer: Answer): Promise<void> {
    const { handle } = this.#reader;
    this.die('silent');
    this.#reader.fellSilent(this);
    answer({ kind: 'torn', cause: 'silent' });
    await transmitting;
    this.#reader.torn(this, await resetAndLook(handle));
  }

  async #torn(sent: Transmitted, answer: Answer): Promise<void> {
    const { handle, after } = this.#reader;
    this.die(sent.kind === 'answered' ? 'short-answer' : 'reader-error');
    const looked = resetAndLook(handle).then((found) => this.#reader.torn(this, found));
    await withLimit(looked, PROBE_LIMIT_MS, after);
    if (this.#reader.hasCardGone()) this.#dead = 'removed';
    answer({ kind: 'torn', cause: this.#dead ?? 'reader-error' });
    await looked;
  }
}
