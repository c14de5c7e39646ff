import type { CardPresence, CardReader, CardReaders } from '../../drivers/index.ts';
import type { OwnSignal } from '../abort-on.ts';

/** A card that came to a reader, or into a slot. */
export interface CardArrival {
  readonly reader: CardReader;
  readonly presence: CardPresence;
}

/** Waits for cards. Only arrivals count: a card that was there already is not taken for an answer to a new request. */
export interface CardWatch {
  /** Highest arrival number seen so far on any reader, 0 before the first. */
  latestArrival(): number;
  /** The first card that is there and arrived after `after`; undefined when `signal` aborts first. */
  next(after: number, signal: AbortSignal): Promise<CardArrival | undefined>;
  /**
   * The other cards that are there and came after `after`. Two at once, on two readers or one of them in a slot, are no answer to a
   * request, since nobody can tell which was meant; but see same-card.ts.
   */
  others(arrival: number, after: number): readonly CardArrival[];
  /** Aborts when the card of this arrival has left, at once if it has already. */
  departure(arrival: number): OwnSignal;
  /** Is there a slot for cards with contacts? */
  hasContactSlot(): boolean;
  close(): void;
}

/** Watches the readers that customers use: a module in a slot for SAMs pays nothing. */
export function cardWatch(readers: CardReaders): CardWatch {
  let latest = 0;
  const waiting = new Set<() => void>();
  const unsubscribe = readers.subscribe((event) => {
    if (event.kind !== 'card-arrived') return;
    latest = Math.max(latest, event.presence.arrival);
    for (const look of [...waiting]) look();
  });

  const present = (after: number): CardArrival[] =>
    readers.list().flatMap((reader) => {
      const { presence, role } = reader;
      return role !== 'sam' && presence !== undefined && presence.arrival > after ? [{ reader, presence }] : [];
    });

  return {
    latestArrival: () => Math.max(latest, ...readers.list().map(({ presence }) => presence?.arrival ?? 0)),
    hasContactSlot: () => readers.list().some(({ role, state }) => role === 'contact' && state !== 'unplugged'),
    next: (after, signal) =>
      new Promise((resolve) => {
        const end = (found: CardArrival | undefined): void => {
          waiting.delete(look);
          signal.removeEventListener('abort', stop);
          resolve(found);
        };
        const look = (): void => {
          const [found] = present(after);
          if (found) end(found);
        };
        const stop = (): void => end(undefined);
        waiting.add(look);
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop();
        else look();
      }),
    others: (arrival, after) => present(after).filter(({ presence }) => presence.arrival !== arrival),
    departure(arrival) {
      const left = new AbortController();
      const look = (): void => {
        if (!readers.list().some(({ presence }) => presence?.arrival === arrival)) left.abort();
      };
      const release = readers.subscribe(look);
      look();
      return { signal: left.signal, release };
    },
    close: unsubscribe,
  };
}
