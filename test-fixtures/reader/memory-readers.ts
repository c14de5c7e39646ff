import { type After, afterMs, type CardReaders, type ReaderRole, readerHub } from '../../drivers/index.ts';
import { MemorySlot } from './memory-slot.ts';
import type { CardField } from './virtual-field.ts';

/** Readers in this process, without PC/SC: what happens at one is told before the call that made it happen returns. */
export interface MemoryReaders extends CardReaders {
  /** The place for cards on the nth reader, from 0. */
  field(at?: number): CardField;
  /** Another program takes the card on the nth reader for itself, or lets go of it. */
  hold(held: boolean, at?: number): void;
  /** Pulls the nth reader out, with the card that lies on it. */
  unplug(at?: number): void;
  /** Plugs it in again, empty. */
  plugIn(at?: number): void;
}

export interface MemoryReadersOptions {
  readonly readers?: readonly { readonly name: string; readonly role: ReaderRole; readonly port?: string }[];
  readonly after?: After;
}

const ONE_READER: NonNullable<MemoryReadersOptions['readers']> = [{ name: 'Memory Reader', role: 'contactless' }];

/** Behaves as a reader behind PC/SC does, tears and silent cards included; the conformance suite holds them together. */
export function memoryReaders({ readers = ONE_READER, after = afterMs }: MemoryReadersOptions = {}): MemoryReaders {
  const hub = readerHub();
  const slots = readers.map(
    ({ name, role, port }) =>
      new MemorySlot(hub.admit(name, role, port === undefined ? undefined : { port, isBound: false }), after),
  );
  for (const slot of slots) slot.plugIn();
  const slot = (at: number): MemorySlot => {
    const found = slots[at];
    if (found === undefined) throw new RangeError(`there is no reader ${at}`);
    return found;
  };
  return {
    list: hub.list,
    subscribe: hub.subscribe,
    close: async () => {
      hub.mute();
      for (const each of slots) each.unplug();
    },
    field: (at = 0) => ({
      place: async (card) => slot(at).place(card),
      remove: async () => slot(at).remove(),
    }),
    hold: (held, at = 0) => {
      slot(at).isHeldByAnother = held;
    },
    unplug: (at = 0) => slot(at).unplug(),
    plugIn: (at = 0) => slot(at).plugIn(),
  };
}
