import type { Transaction } from '../database/database.ts';

/**
 * The accounts of the books. A card has two pots: what its chip or purse holds and what its account at the centre holds.
 * `contested` accounts are the other side of suspense: what a merchant or a cardholder may still have coming.
 */
export const accounts = {
  issuer: 'issuer',
  chip: (token: string) => `chip:${token}`,
  purse: (token: string) => `purse:${token}`,
  account: (token: string) => `account:${token}`,
  merchant: (merchant: string) => `merchant:${merchant}`,
  suspense: 'suspense',
  /** What a card owes, below zero, and what a merchant has coming once it is collected. */
  debt: (token: string) => `debt:${token}`,
  owed: (merchant: string) => `owed:${merchant}`,
  contested: (claimant: 'merchant' | 'card', name: string) => `contested:${claimant}:${name}`,
} as const;

export type MovementKind =
  | 'opening'
  | 'chip-purchase'
  | 'account-purchase'
  | 'purse-purchase'
  | 'give-back'
  | 'purse-give-back'
  /** Account to chip. */
  | 'load'
  /** And back: the chip has proven that it did not take it. */
  | 'load-undone'
  | 'suspense'
  /** Of a card to a merchant; moves nobody's money. */
  | 'debt'
  /** And back, once it is collected or waived. */
  | 'debt-closed'
  /** Account to merchant. */
  | 'debt-collected'
  /** A claim goes out of suspense, as it came; moves nobody's money. */
  | 'suspense-closed'
  /** What an operator has found good and no accepted record moves in the same way. */
  | 'suspense-paid';

/** Where a record stands. */
export interface Place {
  readonly terminal: string;
  readonly epoch: number;
  readonly sequence: number;
}

export interface Movement {
  readonly kind: MovementKind;
  /** The record that moves it. None for an opening balance, and for a load that the chip itself has told of. */
  readonly place?: Place;
  readonly from: string;
  readonly to: string;
  /** More than zero. */
  readonly amountMinor: number;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * Moves money from one account to another: two postings that sum to zero. The database refuses the same kind of movement for
 * the same record twice, a movement that does not sum to zero, and every change of what was moved.
 */
export async function move(tx: Transaction, { kind, place, from, to, amountMinor, at }: Movement): Promise<void> {
  await tx.run(
    `with made as (
       insert into movements (kind, terminal, epoch, sequence, made_at) values ($1, $2, $3, $4, $5) returning movement)
     insert into postings (movement, account, amount_minor)
     select movement, side.account, side.amount
     from made cross join (values ($6::text, -$8::bigint), ($7, $8)) as side (account, amount)`,
    [kind, place?.terminal, place?.epoch, place?.sequence, at, from, to, amountMinor],
  );
}
