import {
  type After,
  type CardChannel,
  type ExchangeAnswer,
  type HubReader,
  inTurn,
  MAX_TEARS,
} from '../../drivers/index.ts';
import type { FieldCard } from '../card/field-card.ts';

type TearCause = Extract<ExchangeAnswer, { kind: 'torn' }>['cause'];

/** The longest answer to a short command, and the shortest of all. */
const MAX_ANSWER_BYTES = 258;
const MIN_ANSWER_BYTES = 2;

/** One reader in memory, with the card on it. */
export class MemorySlot {
  readonly #reader: HubReader;
  readonly #after: After;
  #card: FieldCard | undefined;
  #line: Line | undefined;
  #tears = 0;
  isHeldByAnother = false;

  constructor(reader: HubReader, after: After) {
    this.#reader = reader;
    this.#after = after;
  }

  place(card: FieldCard): void {
    this.remove();
    this.#card = card;
    this.#tears = 0;
    this.#announce(card);
  }

  remove(): void {
    if (this.#card === undefined) return;
    this.#card = undefined;
    this.#cut('removed');
    if (this.#reader.presence) this.#reader.removed('empty');
    else this.#reader.changed('empty');
  }

  unplug(): void {
    this.#card = undefined;
    this.#cut('removed');
    this.#reader.unplugged();
  }

  plugIn(): void {
    this.#reader.changed('empty');
  }

  #announce(card: FieldCard): void {
    this.#reader.arrived(
      card.atr,
      async () => this.#open(card),
      () => this.isHeldByAnother,
    );
  }

  #cut(cause: TearCause): void {
    this.#line?.die(cause);
    this.#line = undefined;
  }

  #open(card: FieldCard): CardChannel | undefined {
    if (this.isHeldByAnother || this.#line !== undefined || this.#reader.state !== 'card') return undefined;
    card.power();
    const line = new Line();
    this.#line = line;
    const queue = inTurn();
    return {
      exchange: (command, timeoutMs) => queue(() => this.#exchange(line, card, command, timeoutMs)),
      close: () => queue(async () => this.#close(line, card)),
    };
  }

  #close(line: Line, card: FieldCard): void {
    if (line.dead !== undefined) return;
    card.power();
    line.die('reader-error');
    this.#line = undefined;
  }

  async #exchange(line: Line, card: FieldCard, command: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer> {
    if (line.dead !== undefined) return { kind: 'torn', cause: line.dead };
    const answer = card.transmit(command);
    if (answer === 'silent') return this.#silent(line, timeoutMs);
    if (answer === 'gone') {
      this.remove();
      return { kind: 'torn', cause: 'removed' };
    }
    if (answer.length < MIN_ANSWER_BYTES) return this.#torn(card, 'short-answer');
    if (answer.length > MAX_ANSWER_BYTES) return this.#torn(card, 'reader-error');
    return { kind: 'answered', response: Uint8Array.from(answer) };
  }

  #silent(line: Line, timeoutMs: number): Promise<ExchangeAnswer> {
    return new Promise((resolve) => {
      const callOff = this.#after(timeoutMs, () => {
        line.die('silent');
        this.#reader.changed('unresponsive');
      });
      line.onDeath = (cause) => {
        callOff();
        resolve({ kind: 'torn', cause });
      };
    });
  }

  /** The card is still there, was reset, and comes as another one. */
  #torn(card: FieldCard, cause: TearCause): ExchangeAnswer {
    this.#cut(cause);
    card.power();
    this.#tears += 1;
    if (this.#tears >= MAX_TEARS) {
      this.#reader.removed('unresponsive');
    } else {
      this.#reader.removed('empty');
      this.#announce(card);
    }
    return { kind: 'torn', cause };
  }
}

/** What is open between a reader and its card. */
class Line {
  dead: TearCause | undefined;
  onDeath: (cause: TearCause) => void = () => {};

  die(cause: TearCause): void {
    if (this.dead !== undefined) return;
    this.dead = cause;
    this.onDeath(cause);
  }
}
