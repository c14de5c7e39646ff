import { maskPan } from '../../emv/values/index.ts';
import { type Behaviour, type CardStorage, createVirtualCard, type VirtualCard } from '../card/index.ts';
import { CARDS } from './cards.ts';
import { type Field, openField } from './field.ts';
import { issue } from './issue.ts';
import type { Bilingual, TrayCard } from './tray-card.ts';

/** A card as a person sees it on the tray. */
export interface TrayListing {
  readonly id: string;
  readonly title: Bilingual;
  readonly story: Bilingual;
  readonly maskedPan: string;
  /** What its chip holds now, in fen: of the application that comes first. */
  readonly balanceMinor: number;
  readonly inField: boolean;
}

/** The cards, each with a memory of its own, and the field they are held to. */
export interface Tray {
  readonly field: Field;
  list(): TrayListing[];
  /** The chip of a card; undefined when there is no card of that name. */
  chip(id: string): VirtualCard | undefined;
  /** Holds a card to the field, freshly powered; what was there leaves first. `faults` last for this one time. False: no such card. */
  place(id: string, faults?: readonly Behaviour[]): boolean;
  /** Takes the card away, if one is there. */
  remove(): void;
  /** A card, or every one, back to how its issuer made it. Takes it out of the field. False: no such card. */
  restore(id?: string): boolean;
}

/** Opens the tray. `storageOf` is asked once for the memory of each card; `random` gives fresh random bytes. */
export function openTray(parts: {
  storageOf: (id: string) => CardStorage;
  random: (length: number) => Uint8Array;
}): Tray {
  const field = openField();
  const storages = new Map(CARDS.map(({ id }) => [id, parts.storageOf(id)]));
  const chips = new Map<string, VirtualCard>();

  const chip = (id: string): VirtualCard | undefined => {
    const made = chips.get(id);
    const card = CARDS.find((known) => known.id === id);
    const storage = storages.get(id);
    if (made !== undefined || card === undefined || storage === undefined) return made;
    const fresh = createVirtualCard({ profile: issue(card), storage, random: parts.random });
    chips.set(id, fresh);
    return fresh;
  };

  return {
    field,
    list: () => CARDS.map((card) => listing(card, chip(card.id), field.holder())),
    chip,
    place: (id, faults = []) => {
      const placed = chip(id);
      if (placed !== undefined) field.enter(id, placed, faults);
      return placed !== undefined;
    },
    remove: () => field.leave(),
    restore: (only) => {
      const ids = [...storages.keys()].filter((id) => only === undefined || id === only);
      for (const id of ids) {
        if (field.holder() === id) field.leave();
        storages.get(id)?.clear();
        chips.delete(id);
      }
      return ids.length > 0;
    },
  };
}

function listing(card: TrayCard, chip: VirtualCard | undefined, holder: string | undefined): TrayListing {
  const { id, title, story, applications } = card;
  const priorities = applications.map(({ priority = 1 }) => priority);
  const first = priorities.indexOf(Math.min(...priorities));
  return {
    id,
    title,
    story,
    maskedPan: maskPan(applications[first]?.pan ?? ''),
    balanceMinor: chip?.stored().applications[first]?.balance ?? 0,
    inField: holder === id,
  };
}
