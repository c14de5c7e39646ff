import { type After, inTurn, withLimit } from '../../drivers/index.ts';
import type { FieldCard } from '../card/field-card.ts';
import { type InsertedCard, insertCard, type VpcdSlot } from './vpcd-card-client.ts';

/** Where cards are laid on a reader, and taken from it, one at a time. */
export interface CardField {
  /** Lays the card on the reader; one that lies there is taken away first. Settles when the reader has the card. */
  place(card: FieldCard): Promise<void>;
  /** Takes the card away, if there is one. Settles when the reader has noticed. */
  remove(): Promise<void>;
}

export interface VirtualFieldOptions extends VpcdSlot {
  readonly after: After;
  /** Settles when somebody who watches the reader has heard that it is empty. Without it, time must pass instead. */
  readonly absenceReported?: () => Promise<void>;
}

/** pcscd looks at a virtual reader every 400 ms. A card laid on it before that look would never be seen as another one. */
const ABSENCE_MS = 450;

/** What pcscd may take to power a card: it looks every 400 ms, and cannot while another card owes it an answer. */
const POWER_LIMIT_MS = 5_000;

/** A slot of a virtual reader behind pcscd, with the patience that it needs between two cards. */
export function virtualField(options: VirtualFieldOptions): CardField {
  const { after, absenceReported = () => pause(after, ABSENCE_MS) } = options;
  let inserted: InsertedCard | undefined;
  let absence: Promise<void> = Promise.resolve();
  const queue = inTurn();

  const clear = async (): Promise<void> => {
    inserted?.eject();
    await inserted?.left;
    await absence;
  };

  const lay = async (card: FieldCard): Promise<void> => {
    await clear();
    const laid = insertCard(options, card);
    inserted = laid;
    // It may leave by itself at any time, and the wait for the next one begins then.
    absence = laid.left.then(absenceReported);
    if ((await withLimit(laid.powered, POWER_LIMIT_MS, after)) === 'late') {
      laid.eject();
      throw new Error(`the reader on port ${options.port} does not take the card`);
    }
  };

  return {
    place: (card) => queue(() => lay(card)),
    remove: () => queue(clear),
  };
}

const pause = (after: After, ms: number): Promise<void> =>
  new Promise((resolve) => {
    after(ms, resolve);
  });
