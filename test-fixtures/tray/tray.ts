import type { z } from 'zod';
import { maskPan } from '../../emv/values/index.ts';
import {
  type Behaviour,
  createVirtualCard,
  type FieldCard,
  type Memory,
  storedCard,
  type VirtualCard,
} from '../card/index.ts';
import { createVirtualPurse, storedPurse } from '../purse/index.ts';
import { CARDS } from './cards.ts';
import { type Field, openField } from './field.ts';
import { issue } from './issue.ts';
import { issuePurse } from './issue-purse.ts';
import { PURSE_CARDS } from './purse-cards.ts';
import type { Bilingual, Told, TrayCard, TrayPurse } from './tray-card.ts';

/** A card as a person sees it on the tray. */
export interface TrayListing {
  readonly id: string;
  readonly title: Bilingual;
  readonly story: Bilingual;
  readonly maskedPan: string;
  /** What its chip or purse holds now, in fen: of the application that comes first. */
  readonly balanceMinor: number;
  readonly inField: boolean;
}

/** The cards, each with a memory of its own, and the field they are held to. */
export interface Tray {
  readonly field: Field;
  list(): TrayListing[];
  /** A card or a purse; undefined when there is none of that name. */
  card(id: string): FieldCard | undefined;
  /** The chip of a card; a purse has none. */
  chip(id: string): VirtualCard | undefined;
  /** Holds a card to the field, freshly powered; what was there leaves first. `faults` last for this one time. False: no such card. */
  place(id: string, faults?: readonly Behaviour[]): boolean;
  /** Takes the card away, if one is there. */
  remove(): void;
  /** A card, or every one, back to how its issuer made it. Takes it out of the field. False: no such card. */
  restore(id?: string): boolean;
}

/** Makes the memory of one card. */
export type StorageOf = <T extends object>(id: string, form: z.ZodType<T>) => Memory<T>;

/** What a card does, whatever kind it is of. */
interface OnTray {
  readonly card: FieldCard;
  readonly chip?: VirtualCard;
  readonly balance: () => number;
}

/** How a card of the tray comes to be. */
interface Slot {
  readonly told: Told;
  readonly maskedPan: string;
  /** As its memory says, or as issued: nobody has to make a card, with all its certificates, to know what is on it. */
  readonly balance: () => number;
  readonly forget: () => void;
  readonly make: () => OnTray;
}

type Parts = { readonly storageOf: StorageOf; readonly random: (length: number) => Uint8Array };

/** Opens the tray. `storageOf` is asked once for the memory of each card; `random` gives fresh random bytes. */
export function openTray(parts: Parts): Tray {
  const field = openField();
  const slots = [...CARDS.map((card) => chipSlot(card, parts)), ...PURSE_CARDS.map((purse) => purseSlot(purse, parts))];
  const made = new Map<string, OnTray>();

  const take = (id: string): OnTray | undefined => {
    const known = made.get(id) ?? slots.find(({ told }) => told.id === id)?.make();
    if (known !== undefined) made.set(id, known);
    return known;
  };

  return {
    field,
    list: () =>
      slots.map(({ told: { id, title, story }, maskedPan, balance }) => {
        const balanceMinor = made.get(id)?.balance() ?? balance();
        return { id, title, story, maskedPan, balanceMinor, inField: field.holder() === id };
      }),
    card: (id) => take(id)?.card,
    chip: (id) => take(id)?.chip,
    place: (id, faults = []) => {
      const placed = take(id);
      if (placed !== undefined) field.enter(id, placed.card, faults);
      return placed !== undefined;
    },
    remove: () => field.leave(),
    restore: (only) => {
      const chosen = slots.filter(({ told }) => only === undefined || told.id === only);
      for (const { told, forget } of chosen) {
        if (field.holder() === told.id) field.leave();
        forget();
        made.delete(told.id);
      }
      return chosen.length > 0;
    },
  };
}

function chipSlot(card: TrayCard, { storageOf, random }: Parts): Slot {
  const storage = storageOf(card.id, storedCard);
  const priorities = card.applications.map(({ priority = 1 }) => priority);
  const first = priorities.indexOf(Math.min(...priorities));
  return {
    told: card,
    maskedPan: maskPan(card.applications[first]?.pan ?? ''),
    balance: () => (storage.load() ?? card).applications[first]?.balance ?? 0,
    forget: () => storage.clear(),
    make: () => {
      const chip = createVirtualCard({ profile: issue(card), storage, random });
      return { card: chip, chip, balance: () => chip.stored().applications[first]?.balance ?? 0 };
    },
  };
}

function purseSlot(purse: TrayPurse, { storageOf, random }: Parts): Slot {
  const storage = storageOf(purse.id, storedPurse);
  return {
    told: purse,
    maskedPan: maskPan(purse.serial),
    balance: () => (storage.load() ?? purse).balance,
    forget: () => storage.clear(),
    make: () => {
      const card = createVirtualPurse(issuePurse(purse), random, storage);
      return { card, balance: () => card.stored().balance };
    },
  };
}
