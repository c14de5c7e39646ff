import assert from 'node:assert/strict';
import type {
  CardChannel,
  CardPresence,
  CardReader,
  CardReaders,
  ReaderControl,
  ReaderEvent,
  ReaderRole,
  ReaderState,
} from './ports.ts';

/** A reader as its driver handles it: what the terminal reads from it, the driver says here. */
export interface HubReader extends CardReader {
  /** A card came; there is none now. `open` is asked only while this card is the one that is there. */
  arrived(atr: Uint8Array, open: () => Promise<CardChannel | undefined>, isHeldByAnother?: () => boolean): CardPresence;
  /** The card that was there has gone, and the reader is in this state now. */
  removed(state: Exclude<ReaderState, 'card'>): void;
  /** The state is this one now; tells nobody when it was so before. A card that was there stays. */
  changed(state: ReaderState): void;
  /** Here is the way to the reader itself. */
  controlledBy(control: ReaderControl): void;
  /** The reader is no more; a card on it has gone with it. It stays listed, and may be admitted again. */
  unplugged(): void;
}

/** Keeps the list of readers, numbers the arrivals and tells the subscribers: what every implementation of CardReaders needs. */
export interface ReaderHub extends Pick<CardReaders, 'list' | 'subscribe'> {
  /**
   * Takes in a reader that was plugged in: an unplugged one comes back, otherwise it is new. One whose role belongs to its port
   * comes back at that port alone; any other under its name, or as one of its model and role.
   */
  admit(name: string, role: ReaderRole, at?: Place): HubReader;
  /** Nothing is told to anybody from now on. */
  mute(): void;
}

/** Where a reader was plugged in. */
interface Place {
  readonly port: string;
  /** Does its role belong to the port? */
  readonly isBound: boolean;
}

/** More readers than that PC/SC does not know; an unplugged one makes room. */
const MAX_READERS = 16;

// pcscd ends a name with the reader's and the slot's number, which change from one plug-in to the next.
const modelOf = (name: string): string => name.replace(/ [0-9A-F]{2} [0-9A-F]{2}$/, '');

const boundPort = (at: Place | undefined): string | undefined => (at?.isBound ? at.port : undefined);

interface Entry {
  name: string;
  at: Place | undefined;
  admitted: boolean;
  readonly reader: HubReader;
}

export function readerHub(): ReaderHub {
  const entries: Entry[] = [];
  const listeners = new Set<(event: ReaderEvent) => void>();
  let arrivals = 0;

  const tell = (event: ReaderEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };

  const returning = (name: string, role: ReaderRole, at: Place | undefined): Entry | undefined => {
    const away = entries.filter(
      (entry) =>
        !entry.admitted &&
        entry.reader.role === role &&
        // The port of a bound one is all that counts: the numbers in the names of equal readers change places.
        boundPort(entry.at) === boundPort(at),
    );
    if (boundPort(at) !== undefined) return away[0];
    return away.find((entry) => entry.name === name) ?? away.find((entry) => modelOf(entry.name) === modelOf(name));
  };

  const added = (name: string, role: ReaderRole, at: Place | undefined): Entry => {
    if (entries.length >= MAX_READERS) {
      const away = entries.findIndex((entry) => !entry.admitted);
      if (away >= 0) entries.splice(away, 1);
    }
    const nextArrival = (): number => {
      arrivals += 1;
      return arrivals;
    };
    const entry: Entry = {
      name,
      at,
      admitted: true,
      reader: hubReader({
        name: () => entry.name,
        port: () => entry.at?.port,
        role,
        tell,
        nextArrival,
        left: () => {
          entry.admitted = false;
        },
      }),
    };
    entries.push(entry);
    return entry;
  };

  return {
    list: () => entries.map(({ reader }) => reader),
    subscribe: (listener) => {
      // A listener may be given twice; each subscription is its own.
      const own = (event: ReaderEvent): void => listener(event);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    admit: (name, role, at) => {
      const entry = returning(name, role, at) ?? added(name, role, at);
      entry.name = name;
      entry.at = at;
      entry.admitted = true;
      return entry.reader;
    },
    mute: () => listeners.clear(),
  };
}

interface HubReaderParts {
  readonly name: () => string;
  readonly port: () => string | undefined;
  readonly role: ReaderRole;
  readonly tell: (event: ReaderEvent) => void;
  readonly nextArrival: () => number;
  readonly left: () => void;
}

function hubReader({ name, port, role, tell, nextArrival, left }: HubReaderParts): HubReader {
  let state: ReaderState = 'unplugged';
  let presence: CardPresence | undefined;

  const reader: HubReader & { control?: ReaderControl } = {
    get name() {
      return name();
    },
    get port() {
      return port();
    },
    role,
    get state() {
      return state;
    },
    get presence() {
      return presence;
    },
    arrived: (atr, open, isHeldByAnother = () => false) => {
      assert(presence === undefined, `a card arrived at ${name()} while one is there`);
      const arrived: CardPresence = {
        arrival: nextArrival(),
        atr,
        open: async () => (presence === arrived ? open() : undefined),
        get isHeldByAnother() {
          return presence === arrived && isHeldByAnother();
        },
      };
      presence = arrived;
      state = 'card';
      tell({ kind: 'card-arrived', reader, presence: arrived });
      return arrived;
    },
    removed: (next) => {
      const gone = presence;
      presence = undefined;
      state = next;
      if (gone) tell({ kind: 'card-removed', reader, arrival: gone.arrival });
      if (next !== 'empty') tell({ kind: 'reader', reader });
    },
    changed: (next) => {
      if (state === next) return;
      state = next;
      tell({ kind: 'reader', reader });
    },
    controlledBy: (control) => {
      reader.control = control;
    },
    unplugged: () => {
      left();
      if (presence) reader.removed('unplugged');
      else reader.changed('unplugged');
    },
  };
  return reader;
}
