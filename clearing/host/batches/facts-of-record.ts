import type { Moved } from '../cards/cryptograms.ts';
import type { DebtReason } from '../debts/debts.ts';
import type { Load } from '../loads/loads.ts';
import type { Undecided } from './undecided.ts';

/** What the host knows besides the record itself when it judges one. */
export interface Facts {
  /** Is the record where the batch has it: terminal, epoch, sequence, merchant? */
  readonly inPlace: boolean;
  /** The card by token, and whether the sealed number is its own. */
  readonly card: 'known' | 'unknown' | 'pan-missing' | 'pan-mismatch';
  /** Under the card's keys, over the record's chip data. Undefined when it could not be checked. */
  readonly cryptogram?: 'genuine' | 'wrong';
  /** The second cryptogram, likewise. */
  readonly confirmation?: 'genuine' | 'wrong';
  /** The purse's TAC, likewise. */
  readonly transactionCode?: 'genuine' | 'wrong';
  /** What money this (PAN, ATC), or this purchase of the purse, has moved so far. */
  readonly moved?: Moved;
  /** The authorisation that the record names. */
  readonly authorisation?: NamedAuthorisation;
  /** The authorisation of this terminal that holds the amount for the same transaction of the chip. */
  readonly hold?: NamedAuthorisation;
  /** Why the account may not or cannot pay a deferred authorisation; undefined when it can. */
  readonly accountRefuses?: DebtReason;
  /** The host has signed once that it accepts this record, and has lost it since. */
  readonly acceptedBefore?: boolean;
  /** The load that the named authorisation is for. */
  readonly load?: Load;
  /** The undecided payment that the record settles. */
  readonly resolved?: Undecided;
  /** Of a load or a purse: the undecided record that this one settles. */
  readonly resolvedRecord?: {
    readonly kind: 'purchase' | 'load';
    readonly amountMinor: number;
    readonly token: string;
  };
}

/** An authorisation of this terminal. */
export interface NamedAuthorisation {
  readonly state: 'void' | 'declined' | 'verified' | 'held' | 'reversed' | 'posted';
  readonly amountMinor: number;
  readonly token: string;
  readonly panSequence: number;
  readonly atc: number;
  /** 9F26, hex. */
  readonly cryptogram: string;
}
