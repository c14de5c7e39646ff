import { type After, type DriverLog, inTurn, withLimit } from '../driver-tools.ts';
import type { CardPresence } from '../ports.ts';
import type { HubReader } from '../reader-hub.ts';
import { CardHandle, type Connected } from './card-handle.ts';
import type { ReaderListener, WatchedReader } from './nfc-pcsc.ts';
import { type ChannelReader, PcscChannel } from './pcsc-channel.ts';
import { nextPresence, type Presence, type Signal, stateOf } from './presence.ts';
import { wakeAndLook } from './probe.ts';
import { readerControl } from './reader-control.ts';
import type { PcscFailure, StatusSignal } from './status.ts';

/** Longer than a round of pcscd's watch (400 ms): a removal that is not counted by then was not seen. */
const LOOK_AGAIN_MS = 600;

/** What opening a card and giving up a reader may take before the caller is let go. */
const OPEN_LIMIT_MS = 3_000;
const CLOSE_LIMIT_MS = 2_000;

const ADVICE: Partial<Record<PcscFailure, { readonly advice: string }>> = {
  'in-use': { advice: 'another program holds this card: end whatever else uses the reader' },
};

/** Between two attempts at a card that another program holds. */
const IN_USE_AGAIN_MS = 100;

export interface PcscReaderParts {
  readonly watched: WatchedReader;
  readonly reader: HubReader;
  readonly after: After;
  readonly log: DriverLog;
}

/** One reader behind PC/SC: makes presence out of the service's reports and the fate of exchanges, and opens channels. */
export class PcscReader implements ReaderListener {
  readonly #watched: WatchedReader;
  readonly #reader: HubReader;
  readonly #after: After;
  readonly #log: DriverLog;
  readonly #handle: CardHandle;
  readonly #queue = inTurn();
  #presence: Presence = { kind: 'unplugged' };
  #atr: Uint8Array = new Uint8Array(0);
  #open: PcscChannel | undefined;
  #callOffLook = (): void => {};
  /** Another program has the card, and it is waited for. */
  #isHeldByAnother = false;
  /** It was, when the last `open` gave up. */
  #wasHeldByAnother = false;
  #over = false;

  constructor({ watched, reader, after, log }: PcscReaderParts) {
    this.#watched = watched;
    this.#reader = reader;
    this.#after = after;
    this.#log = log;
    this.#handle = new CardHandle(watched.newNative, watched.dispose);
    reader.controlledBy(
      readerControl({
        handle: this.#handle,
        after,
        queue: this.#queue,
        channel: () => this.#open,
        isOver: () => this.#over,
      }),
    );
  }

  status(status: StatusSignal, atr: Uint8Array): void {
    if (atr.length > 0) this.#atr = atr;
    this.#signal(status);
  }

  unplugged(): void {
    this.#signal({ kind: 'unplugged' });
    this.#reader.unplugged();
    void this.close();
  }

  /** Ends the connection to the card and the watch over the reader. */
  async close(): Promise<void> {
    this.#over = true;
    this.#callOffLook();
    this.#cut('reader-error');
    this.#watched.stopWatching();
    const released = this.#queue(async () => this.#handle.release());
    await withLimit(released, CLOSE_LIMIT_MS, this.#after);
  }

  #signal(signal: Signal): void {
    if (this.#over) return;
    const { presence, effects } = nextPresence(this.#presence, signal);
    this.#presence = presence;
    const state = stateOf(presence);
    for (const effect of effects) {
      if (effect === 'removed') {
        this.#cut('removed');
        this.#reader.removed(state === 'card' ? 'empty' : state);
      } else if (effect === 'arrived') {
        this.#wasHeldByAnother = false;
        this.#reader.arrived(
          this.#atr,
          () => this.#openCard(),
          () => this.#wasHeldByAnother,
        );
      } else {
        this.#lookLater();
      }
    }
    this.#reader.changed(state);
  }

  /** Nothing more goes through the open channel, and the connection behind it is ended. */
  #cut(cause: 'removed' | 'reader-error'): void {
    if (this.#open === undefined) return;
    this.#open.die(cause);
    this.#open = undefined;
    void this.#queue(() => this.#handle.disconnect('reset'));
  }

  #lookLater(): void {
    this.#callOffLook();
    this.#callOffLook = this.#after(LOOK_AGAIN_MS, () => {
      void this.#queue(async () => {
        if (this.#presence.kind !== 'missing') return;
        const card = await wakeAndLook(this.#handle);
        if (card) this.#signal({ kind: 'probed', card });
      });
    });
  }

  async #openCard(): Promise<PcscChannel | undefined> {
    const to = this.#reader.presence;
    let isAwaited = true;
    const opening = this.#queue(() => this.#connect(to, () => isAwaited));
    const channel = await withLimit(opening, OPEN_LIMIT_MS, this.#after);
    isAwaited = false;
    this.#wasHeldByAnother = channel === 'late' && this.#isHeldByAnother;
    if (channel !== 'late') return channel;
    if (this.#isHeldByAnother) return undefined;
    // The reader hangs: nothing else is asked of it until it answers, or is power-cycled.
    this.#log('reader-does-not-answer', { reader: this.#reader.name });
    if (this.#isThere(to)) this.#signal({ kind: 'silent' });
    return undefined;
  }

  async #connect(to: CardPresence | undefined, isAwaited: () => boolean): Promise<PcscChannel | undefined> {
    const isWanted = (): boolean => isAwaited() && this.#isThere(to) && !this.#over;
    if (to === undefined || this.#open !== undefined || !isWanted()) return undefined;
    const connected = await this.#connectWhenFree(isWanted);
    if (connected.kind === 'failed') return this.#refused(connected.failure);
    if (!isWanted()) {
      await this.#handle.disconnect('reset');
      if (!isAwaited() && this.#reader.presence === to) this.#signal({ kind: 'probed', card: 'present' });
      return undefined;
    }
    this.#open = new PcscChannel(this.#channelReader());
    return this.#open;
  }

  /** Another program may be done with the card in a moment: it is asked for again as long as somebody wants it. */
  async #connectWhenFree(isWanted: () => boolean): Promise<Connected> {
    for (;;) {
      const connected = await this.#handle.connect('card');
      if (connected.kind === 'connected' || connected.failure !== 'in-use') return connected;
      this.#isHeldByAnother = true;
      await new Promise<void>((resolve) => void this.#after(IN_USE_AGAIN_MS, resolve));
      this.#isHeldByAnother = false;
      if (!isWanted()) return connected;
    }
  }

  #isThere(card: CardPresence | undefined): boolean {
    return this.#presence.kind === 'card' && this.#reader.presence === card;
  }

  #refused(failure: PcscFailure): undefined {
    if (failure === 'no-card') this.#signal({ kind: 'probed', card: 'absent' });
    else if (failure === 'mute-card') this.#signal({ kind: 'probed', card: 'mute' });
    else this.#log('card-not-opened', { reader: this.#reader.name, failure, ...ADVICE[failure] });
  }

  #channelReader(): ChannelReader {
    return {
      handle: this.#handle,
      after: this.#after,
      queue: this.#queue,
      fellSilent: (channel) => {
        if (this.#open === channel) this.#signal({ kind: 'silent' });
      },
      torn: (channel, found) => {
        // Another card may have come meanwhile: the tear says nothing about that one.
        const isOurs = this.#open === channel;
        if (isOurs) this.#open = undefined;
        if (isOurs && found) this.#signal({ kind: 'probed', card: found });
      },
      hasCardGone: () => this.#reader.state === 'empty' || this.#reader.state === 'unplugged',
      closed: (channel) => {
        if (this.#open === channel) this.#open = undefined;
      },
    };
  }
}
