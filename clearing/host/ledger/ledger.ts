import { z } from 'zod';
import type { Transaction } from '../database/database.ts';

/**
 * The accounts of the books. A card has two pots: what its chip holds and what its account at the centre holds.
 * `contested` accounts are the other side of suspense: what a merchant or a cardholder may still have coming.
 */
export const accounts = {
  issuer: 'issuer',
  chip: (token: string) => `chip:${token}`,
  account: (token: string) => `account:${token}`,
  merchant: (merchant: string) => `merchant:${merchant}`,
  suspense: 'suspense',
  contested: (claimant: 'merchant' | 'card', name: string) => `contested:${claimant}:${name}`,
} as const;

type MovementKind = 'opening' | 'chip-purchase' | 'account-purchase' | 'give-back' | 'suspense';

/** Where a record stands. */
export interface Place {
  readonly terminal: string;
  readonly epoch: number;
  readonly sequence: number;
}

export interface Movement {
  readonly kind: MovementKind;
  /** The record that moves it. None for an opening balance. */
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
 * the same record twice, and a movement that does not sum to zero.
 */
export async function move(tx: Transaction, { kind, place, from, to, amountMinor, at }: Movement): Promise<void> {
  const { movement } = await tx.one(
    z.object({ movement: z.int() }),
    `insert into movements (kind, terminal, epoch, sequence, made_at) values ($1, $2, $3, $4, $5) returning movement`,
    [kind, place?.terminal, place?.epoch, place?.sequence, at],
  );
  await tx.run('insert into postings (movement, account, amount_minor) values ($1, $2, $3), ($1, $4, $5)', [
    movement,
    from,
    -amountMinor,
    to,
    amountMinor,
  ]);
}
