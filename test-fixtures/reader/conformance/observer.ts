import type { CardChannel, CardPresence, CardReaders, ReaderEvent } from '../../../drivers/index.ts';

/** An event with the state the reader was in when it was told. */
export interface Observed {
  readonly what: 'arrived' | 'removed' | 'state';
  readonly state: string;
  readonly arrival: number | undefined;
  readonly presence: CardPresence | undefined;
}

export interface Observer {
  /** Everything told so far. */
  readonly told: readonly Observed[];
  /** The next event of this kind, in the order in which they were told, skipping others. */
  next(what: Observed['what'], state?: string): Promise<Observed>;
}

const LIMIT_MS = 30_000;

/** Keeps what readers tell, for tests that wait for it. */
export function observe(readers: CardReaders): Observer {
  const told: Observed[] = [];
  let read = 0;
  let look = (): void => {};
  readers.subscribe((event) => {
    told.push(observed(event));
    look();
  });

  const take = (what: string, state: string | undefined): Observed | undefined => {
    const at = told.findIndex(
      (event, index) => index >= read && event.what === what && (state ?? event.state) === event.state,
    );
    if (at < 0) return undefined;
    read = at + 1;
    return told[at];
  };

  return {
    told,
    next: (what, state) =>
      new Promise((resolve, reject) => {
        const fail = (): void =>
          reject(new Error(`no "${what} ${state ?? ''}" in ${JSON.stringify(told.slice(read))}`));
        const limit = setTimeout(fail, LIMIT_MS);
        look = () => {
          const found = take(what, state);
          if (found === undefined) return;
          clearTimeout(limit);
          look = () => {};
          resolve(found);
        };
        look();
      }),
  };
}

function observed(event: ReaderEvent): Observed {
  const { state } = event.reader;
  switch (event.kind) {
    case 'card-arrived':
      return { what: 'arrived', state, arrival: event.presence.arrival, presence: event.presence };
    case 'card-removed':
      return { what: 'removed', state, arrival: event.arrival, presence: undefined };
    case 'reader':
      return { what: 'state', state, arrival: undefined, presence: event.reader.presence };
  }
}

/** Opens a card that must open. */
export async function openCard(card: Observed): Promise<CardChannel> {
  const channel = await card.presence?.open();
  if (channel === undefined) throw new Error('the card did not open');
  return channel;
}
