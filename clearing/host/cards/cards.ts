import { z } from 'zod';
import type { Transaction } from '../database/database.ts';

const cardRow = z.object({
  token: z.string(),
  expiry: z.string(),
  blocked: z.boolean(),
  hotlisted: z.boolean(),
  pin_reference: z.string().nullable(),
  pin_tries_left: z.int(),
  balance_minor: z.int(),
  held_minor: z.int(),
});

/** A card and its account, as it stands under the lock of this transaction. */
export interface Card {
  readonly token: string;
  /** Last day, YYYY-MM-DD. */
  readonly expiry: string;
  readonly blocked: boolean;
  readonly hotlisted: boolean;
  /** As the HSM sealed it. */
  readonly sealedPin?: string;
  readonly pinTriesLeft: number;
  readonly balanceMinor: number;
  readonly heldMinor: number;
}

/**
 * Locks a card until the transaction ends; undefined when the host does not know it. All money of a card moves under this
 * lock. Who needs several cards takes them in the order of their tokens.
 */
export async function lockCard(tx: Transaction, token: string): Promise<Card | undefined> {
  const found = await tx.first(
    cardRow,
    `select token, expiry, blocked, hotlisted, pin_reference, pin_tries_left, balance_minor, held_minor
     from cards where token = $1 for update`,
    [token],
  );
  if (found === undefined) return undefined;
  return {
    token,
    expiry: found.expiry,
    blocked: found.blocked,
    hotlisted: found.hotlisted,
    ...(found.pin_reference !== null && { sealedPin: found.pin_reference }),
    pinTriesLeft: found.pin_tries_left,
    balanceMinor: found.balance_minor,
    heldMinor: found.held_minor,
  };
}

/** Changes what an account has and what of it is held; gives what it has. The caller has the card's lock. */
export async function changeAccount(
  tx: Transaction,
  token: string,
  change: { readonly balanceMinor?: number; readonly heldMinor?: number },
): Promise<number> {
  const { balance } = await tx.one(
    z.object({ balance: z.int() }),
    `update cards set balance_minor = balance_minor + $2, held_minor = held_minor + $3 where token = $1
     returning balance_minor as balance`,
    [token, change.balanceMinor ?? 0, change.heldMinor ?? 0],
  );
  return balance;
}
