import { z } from 'zod';
import { type Pan, PurseSerial, Secret } from '../../../emv/values/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { accounts, move } from '../ledger/ledger.ts';

/** A card as its issuer hands it over: an application of debit/credit by its PAN, or a purse by its serial number. */
export interface CardToLoad {
  readonly pan: Pan | PurseSerial;
  /** Last day, YYYY-MM-DD. */
  readonly expiry: string;
  /** What the account at the centre has, fen. */
  readonly accountBalanceMinor: number;
  /** What the chip or the purse was issued with, fen. */
  readonly chipBalanceMinor: number;
  /** 4 to 12 digits; absent: an online PIN of this card is always wrong. */
  readonly pin?: string;
  readonly blocked?: boolean;
}

/** Wrong PINs in a row before the card's PIN is blocked. */
export const PIN_TRIES = 3;

/**
 * Makes cards and their accounts known. A card that is loaded already keeps its money and its PIN tries: only expiry, PIN
 * and block are taken over.
 */
export async function loadCards(context: HostContext, cards: readonly CardToLoad[]): Promise<void> {
  await context.database.transaction(async (tx) => {
    for (const card of cards) await loadCard(tx, context, card);
  });
}

async function loadCard(tx: Transaction, { hsm, now }: HostContext, card: CardToLoad): Promise<void> {
  const token = hsm.cardToken(card.pan);
  const own = [hsm.sealNumber(card.pan), card.pan.masked, card.expiry, card.blocked ?? false];
  const values = [token, ...own, sealedPin(hsm, card, token), PIN_TRIES];
  const { fresh } = await tx.one(
    z.object({ fresh: z.boolean() }),
    `insert into cards (token, sealed_number, masked_pan, expiry, blocked, pin_reference, pin_tries_left, balance_minor)
     values ($1, $2, $3, $4, $5, $6, $7, 0)
     on conflict (token) do update set expiry = excluded.expiry, blocked = excluded.blocked,
       pin_reference = excluded.pin_reference, sealed_number = excluded.sealed_number
     returning xmax = 0 as fresh`,
    values,
  );
  if (fresh) await open(tx, token, card, moment(now()));
}

function sealedPin(hsm: HostContext['hsm'], { pin }: CardToLoad, token: string): string | null {
  return pin === undefined ? null : hsm.sealPin(new Secret(new TextEncoder().encode(pin)), token);
}

/** Opening balances come from the issuer. */
async function open(tx: Transaction, token: string, card: CardToLoad, at: string): Promise<void> {
  const pots = [
    [accounts.account(token), card.accountBalanceMinor],
    [card.pan instanceof PurseSerial ? accounts.purse(token) : accounts.chip(token), card.chipBalanceMinor],
  ] as const;
  for (const [to, amountMinor] of pots) {
    if (amountMinor > 0) await move(tx, { kind: 'opening', from: accounts.issuer, to, amountMinor, at });
  }
  await tx.run(
    `update cards set balance_minor = $2, hotlisted = coalesce(
       (select listed from hotlist_changes where token = $1 and debt = '' order by version desc limit 1), false)
     where token = $1`,
    [token, card.accountBalanceMinor],
  );
}
