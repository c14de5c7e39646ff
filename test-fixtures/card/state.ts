import type { CardRecord } from './card-record.ts';
import { type DebitCreditTransaction, issuedDebitCredit, type StoredDebitCredit } from './debit-credit/state.ts';
import type { CardProfile } from './profile.ts';

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
  /** Of an application that knows full debit/credit. */
  readonly debitCredit?: StoredDebitCredit | undefined;
}

/** What the chip keeps without power: one entry for each application of its profile, in the same order. */
export interface StoredCard {
  /** Blocked by a script, for good. */
  readonly blocked?: boolean | undefined;
  readonly applications: readonly StoredApplication[];
}

/** A payment that the card has agreed to and not yet made. */
interface Pending {
  readonly records: readonly CardRecord[];
  /** What the application keeps once the last record has been read. */
  readonly paid: StoredApplication;
}

/** What is lost with the power. */
export type Session =
  | { readonly selected: 'nothing' }
  | { readonly selected: 'ppse' }
  | { readonly selected: 'pse' }
  | {
      readonly selected: 'application';
      readonly index: number;
      /** The name it was selected by, which "next occurrence" goes on with. */
      readonly name: Uint8Array;
      readonly gpo: 'awaited' | 'done';
      readonly pending?: Pending;
      /** A transaction of full debit/credit, from GPO on. */
      readonly debitCredit?: DebitCreditTransaction;
    };

export const POWERED_UP: Session = { selected: 'nothing' };

/** A card's memory as it leaves the issuer. */
export function issuedState(profile: CardProfile): StoredCard {
  return {
    applications: profile.applications.map(({ issued, blocked, debitCredit }) => {
      const fresh = { ...issued, log: [], lastPayment: [] };
      if (debitCredit === undefined) return { ...fresh, pinTries: 3 };
      const { newCard, pinTries } = debitCredit.issued;
      const atc = newCard ? 0 : issued.atc;
      return { ...fresh, atc, pinTries, debitCredit: issuedDebitCredit(debitCredit, atc, blocked) };
    }),
  };
}

/** Has its issuer blocked this application: at personalisation, or by a script since? */
export function isBlocked(application: { readonly blocked: boolean }, stored: StoredApplication | undefined): boolean {
  return stored?.debitCredit?.blocked ?? application.blocked;
}

/** The card's memory with one application changed. */
export function withApplication(card: StoredCard, index: number, application: StoredApplication): StoredCard {
  return { ...card, applications: card.applications.map((kept, at) => (at === index ? application : kept)) };
}

/** The session once the next command after GET CHALLENGE has had its turn. */
export function withoutChallenge(session: Session): Session {
  if (session.selected !== 'application' || session.debitCredit?.challenge === undefined) return session;
  return { ...session, debitCredit: { ...session.debitCredit, challenge: undefined } };
}
