import { z } from 'zod';
import type { CryptogramType } from '../../contract/record/index.ts';
import type { Statements, Transaction } from '../database/database.ts';

/** What money a cryptogram moved: a hold on the account, a purchase, a chip debit that was given back, or a purchase that is owed. */
export type Moved = 'held' | 'paid' | 'given-back' | 'owed';

/** One transaction of one chip. */
export interface ChipTransaction {
  readonly token: string;
  readonly panSequence: number;
  readonly atc: number;
}

/** A genuine cryptogram that the host has seen. */
export interface SeenCryptogram extends ChipTransaction {
  readonly kind: CryptogramType;
  /** What the chip had before it took anything in this transaction, fen; absent when the cryptogram does not tell. */
  readonly balanceBeforeMinor?: number;
  /** RFC 3339. */
  readonly at: string;
}

const movedRow = z.object({ moved: z.enum(['held', 'paid', 'given-back', 'owed']).nullable() });

/**
 * Notes that a cryptogram was seen, with whatever it came; gives what money it has moved so far, if any. The caller has the
 * card's lock.
 */
export async function noteCryptogram(tx: Transaction, seen: SeenCryptogram): Promise<Moved | undefined> {
  const { moved } = await tx.one(
    movedRow,
    `insert into cryptograms (token, pan_sequence, atc, kind, balance_before_minor, seen_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (token, pan_sequence, atc) do update set seen_at = cryptograms.seen_at returning moved`,
    [seen.token, seen.panSequence, seen.atc, seen.kind, seen.balanceBeforeMinor, seen.at],
  );
  return moved ?? undefined;
}

/** Makes a place for a transaction that the chip has told of by its balance alone, unless its cryptogram has come after all. */
export async function noteUnseen(tx: Transaction, at: ChipTransaction, now: string): Promise<void> {
  await tx.run(
    `insert into cryptograms (token, pan_sequence, atc, kind, seen_at) values ($1, $2, $3, 'unseen', $4)
     on conflict do nothing`,
    [at.token, at.panSequence, at.atc, now],
  );
}

/** What money this transaction of the chip has moved; undefined: none so far. */
export async function movedBy(tx: Transaction, at: ChipTransaction): Promise<Moved | undefined> {
  const found = await tx.first(
    movedRow,
    'select moved from cryptograms where token = $1 and pan_sequence = $2 and atc = $3',
    [at.token, at.panSequence, at.atc],
  );
  return found?.moved ?? undefined;
}

/** One (PAN, ATC) moves money once: to be called in the transaction that moves it. Throws when it has done so before. */
export async function markMoved(tx: Transaction, at: ChipTransaction, moved: Moved): Promise<void> {
  const changed = await tx.run(
    `update cryptograms set moved = $4 where token = $1 and pan_sequence = $2 and atc = $3 and moved is null`,
    [at.token, at.panSequence, at.atc, moved],
  );
  if (changed !== 1) throw new Error(`the cryptogram of ATC ${at.atc} has moved money before, or was never noted`);
}

/** The hold of this transaction of the chip is undone: should the card have paid without the host, its TC counts. */
export async function unmarkHeld(tx: Transaction, at: ChipTransaction): Promise<void> {
  await tx.run(
    `update cryptograms set moved = null where token = $1 and pan_sequence = $2 and atc = $3 and moved = 'held'`,
    [at.token, at.panSequence, at.atc],
  );
}

/** The highest ATC seen of a chip; -1 when none was. */
export async function highestAtc(tx: Transaction, token: string, panSequence: number): Promise<number> {
  const { highest } = await tx.one(
    z.object({ highest: z.int() }),
    'select coalesce(max(atc), -1) as highest from cryptograms where token = $1 and pan_sequence = $2',
    [token, panSequence],
  );
  return highest;
}

/** The chip's first transaction after `at` that tells a balance. */
export async function nextBalance(
  statements: Statements,
  at: ChipTransaction,
): Promise<{ readonly atc: number; readonly balanceBeforeMinor: number; readonly seenAt: string } | undefined> {
  const found = await statements.first(
    z.object({ atc: z.int(), balance_before_minor: z.int(), seen_at: z.string() }),
    `select atc, balance_before_minor, seen_at from cryptograms
     where token = $1 and pan_sequence = $2 and atc > $3 and balance_before_minor is not null order by atc limit 1`,
    [at.token, at.panSequence, at.atc],
  );
  return found && { atc: found.atc, balanceBeforeMinor: found.balance_before_minor, seenAt: found.seen_at };
}
