import { type After, withLimit } from '../driver-tools.ts';
import type { CardChannel, ExchangeAnswer } from '../ports.ts';
import type { CardHandle, Transmitted } from './card-handle.ts';
import type { ProbedCard } from './presence.ts';
import { resetAndLook } from './probe.ts';

/** What ending a connection, or looking for the card after a tear, may take before the caller is let go. */
const CLOSE_LIMIT_MS = 2_000;
const PROBE_LIMIT_MS = 500;

type Answer = (answer: ExchangeAnswer) => void;
type TearCause = Extract<ExchangeAnswer, { kind: 'torn' }>['cause'];

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

  exchange(command: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer> {
    // Not behind a silent card's exchange, which may hold the queue for long.
    if (this.#dead !== undefined) return Promise.resolve({ kind: 'torn', cause: this.#dead });
    return new Promise((answer) => {
      this.#waiting.add(answer);
      void this.#reader.queue(async () => {
        if (this.#waiting.delete(answer)) await this.#exchange(command, timeoutMs, answer);
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
  async #exchange(command: Uint8Array, timeoutMs: number, answer: Answer): Promise<void> {
    const { handle, after } = this.#reader;
    const transmitting = handle.transmit(command);
    const sent = await withLimit(transmitting, timeoutMs, after);
    if (sent === 'late') return this.#silent(transmitting, answer);
    // A card that was swapped meanwhile may have answered instead of the one that was asked.
    if (this.#dead !== undefined) return answer({ kind: 'torn', cause: this.#dead });
    if (sent.kind === 'answered' && sent.bytes.length >= 2) return answer({ kind: 'answered', response: sent.bytes });
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
