import type { CardProfile, CardRecord, RecordPlace } from './profile.ts';

/** What one application keeps without power. */
export interface StoredApplication {
  /** Electronic cash in fen. */
  readonly balance: number;
  /** 9F36, 0 to FFFF. */
  readonly atc: number;
  /** 9F17. */
  readonly pinTries: number;
  /** The transaction log, newest first, 10 entries at most. */
  readonly log: readonly Uint8Array[];
  /** The dynamic records of the last payment: readable without GPO until the next one, for a terminal that lost them. */
  readonly lastPayment: readonly CardRecord[];
}

/** What the chip keeps without power: one entry for each application of its profile, in the same order. */
export interface StoredCard {
  readonly applications: readonly StoredApplication[];
}

/** A payment that the card has agreed to and not yet made. */
interface Pending {
  readonly records: readonly CardRecord[];
  /** The record whose reading takes the money. */
  readonly last: RecordPlace;
  /** What the application keeps once the last record has been read. */
  readonly paid: StoredApplication;
}

/** What is lost with the power. */
export type Session =
  | { readonly selected: 'nothing' | 'ppse' }
  | {
      readonly selected: 'application';
      readonly index: number;
      /** The name it was selected by, which "next occurrence" goes on with. */
      readonly name: Uint8Array;
      readonly gpo: 'awaited' | 'done';
      readonly pending?: Pending;
    };

export const POWERED_UP: Session = { selected: 'nothing' };

/** A card's memory as it leaves the issuer. */
export function issuedState(profile: CardProfile): StoredCard {
  return {
    applications: profile.applications.map(({ issued }) => ({ ...issued, pinTries: 3, log: [], lastPayment: [] })),
  };
}

/** The card's memory with one application changed. */
export function withApplication(card: StoredCard, index: number, application: StoredApplication): StoredCard {
  return { applications: card.applications.map((kept, at) => (at === index ? application : kept)) };
}
