import { z } from 'zod';
import { changeAccount } from '../cards/cards.ts';
import type { ChipTransaction } from '../cards/cryptograms.ts';
import type { Transaction } from '../database/database.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { accounts, move, type Place } from '../ledger/ledger.ts';

/** An authorised load. Its hold stands while it is open or waiting. */
export interface Load extends ChipTransaction {
  /** The `id` of its authorisation request. */
  readonly authorisation: string;
  readonly amountMinor: number;
  /** What the chip had, by its own word under the MAC. */
  readonly balanceBeforeMinor: number;
  /** `waiting`: the terminal does not know whether the chip has taken it. */
  readonly state: 'open' | 'waiting' | 'loaded' | 'not-loaded';
  /** The chip itself has told. */
  readonly proven: boolean;
  /** A record has said that it was loaded. */
  readonly recorded: boolean;
  /** For an incident where no record is at hand: the terminal that asked, epoch 0, the authorisation's number. */
  readonly origin: Place;
}

const loadRow = z.object({
  authorisation: z.string(),
  token: z.string(),
  pan_sequence: z.int(),
  atc: z.int(),
  amount_minor: z.int(),
  balance_before_minor: z.int(),
  state: z.enum(['open', 'waiting', 'loaded', 'not-loaded']),
  proven: z.boolean(),
  recorded: z.boolean(),
  terminal: z.string(),
  number: z.int(),
});

const SELECT = `select l.authorisation, l.token, l.pan_sequence, l.atc, l.amount_minor, l.balance_before_minor, l.state,
    l.proven, l.recorded, a.terminal, a.number
  from loads l join authorisations a on a.id = l.authorisation`;

const fromRow = (row: z.output<typeof loadRow>): Load => ({
  authorisation: row.authorisation,
  token: row.token,
  panSequence: row.pan_sequence,
  atc: row.atc,
  amountMinor: row.amount_minor,
  balanceBeforeMinor: row.balance_before_minor,
  state: row.state,
  proven: row.proven,
  recorded: row.recorded,
  origin: { terminal: row.terminal, epoch: 0, sequence: row.number },
});

/** The load of an authorisation, by the `id` of its request. */
export async function findLoad(tx: Transaction, authorisation: string): Promise<Load | undefined> {
  const found = await tx.first(loadRow, `${SELECT} where l.authorisation = $1`, [authorisation]);
  return found && fromRow(found);
}

/** The load of one transaction of a chip. */
export async function findLoadOf(tx: Transaction, at: ChipTransaction): Promise<Load | undefined> {
  const found = await tx.first(loadRow, `${SELECT} where l.token = $1 and l.pan_sequence = $2 and l.atc = $3`, [
    at.token,
    at.panSequence,
    at.atc,
  ]);
  return found && fromRow(found);
}

/** A chip's loads of which it has not told itself, by ATC. */
export async function unprovenLoads(
  tx: Transaction,
  { token, panSequence }: Pick<ChipTransaction, 'token' | 'panSequence'>,
): Promise<readonly Load[]> {
  const rows = await tx.rows(
    loadRow,
    `${SELECT} where l.token = $1 and l.pan_sequence = $2 and not l.proven order by l.atc`,
    [token, panSequence],
  );
  return rows.map(fromRow);
}

/**
 * Locks the authorisations of loads that evidence about these cards may decide: before the locks of the cards themselves, since
 * that is the order which everybody keeps.
 */
export async function lockLoadsOf(tx: Transaction, tokens: readonly string[]): Promise<void> {
  await tx.run(
    `select from authorisations where id in (select authorisation from loads where token = any($1) and not proven)
     order by id for update`,
    [tokens],
  );
}

/** Notes an authorised load. The caller has the card's lock and has placed the hold. */
export async function openLoad(
  tx: Transaction,
  load: Pick<Load, 'authorisation' | 'token' | 'panSequence' | 'atc' | 'amountMinor' | 'balanceBeforeMinor'>,
): Promise<void> {
  await tx.run(
    `insert into loads (authorisation, token, pan_sequence, atc, amount_minor, balance_before_minor, state)
     values ($1, $2, $3, $4, $5, $6, 'open')`,
    [load.authorisation, load.token, load.panSequence, load.atc, load.amountMinor, load.balanceBeforeMinor],
  );
}

/** The terminal cannot tell: the hold stays until the chip does. */
export const keepWaiting = (tx: Transaction, { authorisation }: Load) =>
  tx.run(`update loads set state = 'waiting' where authorisation = $1 and state = 'open'`, [authorisation]);

export const markProven = (tx: Transaction, { authorisation }: Load) =>
  tx.run('update loads set proven = true where authorisation = $1', [authorisation]);

export const markRecorded = (tx: Transaction, { authorisation }: Load) =>
  tx.run('update loads set recorded = true where authorisation = $1', [authorisation]);

const isHeld = ({ state }: Load): boolean => state === 'open' || state === 'waiting';

const decided = (tx: Transaction, { authorisation }: Load, state: Load['state'], at: string) =>
  tx.run('update loads set state = $2, decided_at = $3 where authorisation = $1', [authorisation, state, at]);

const endAuthorisation = (tx: Transaction, { authorisation }: Load, state: 'posted' | 'reversed', at: string) =>
  tx.run('update authorisations set state = $2, changed_at = $3 where id = $1', [authorisation, state, at]);

/**
 * The chip has the money: account to chip, and the hold ends. `place`: the record that says so, none when the chip itself does.
 * An account that was emptied meanwhile, since the load had been reversed, goes into debt. The caller has the card's lock.
 */
export async function postLoad(tx: Transaction, load: Load, place: Place | undefined, at: string): Promise<void> {
  const { token, amountMinor } = load;
  const [from, to] = [accounts.account(token), accounts.chip(token)];
  await move(tx, { kind: 'load', ...(place && { place }), from, to, amountMinor, at });
  const held = isHeld(load);
  const balanceMinor = await changeAccount(tx, token, {
    balanceMinor: -amountMinor,
    heldMinor: held ? -amountMinor : 0,
  });
  if (balanceMinor < 0) await noteOverdrawn(tx, place ?? load.origin, balanceMinor, at);
  if (held) await endAuthorisation(tx, load, 'posted', at);
  await decided(tx, load, 'loaded', at);
}

/** The chip has not taken it: the hold ends, and what was moved moves back. The caller has the card's lock. */
export async function dropLoad(tx: Transaction, load: Load, at: string): Promise<void> {
  const { token, amountMinor } = load;
  if (isHeld(load)) {
    await changeAccount(tx, token, { heldMinor: -amountMinor });
    await endAuthorisation(tx, load, 'reversed', at);
  } else if (load.state === 'loaded') {
    const [from, to] = [accounts.chip(token), accounts.account(token)];
    await move(tx, { kind: 'load-undone', from, to, amountMinor, at });
    await changeAccount(tx, token, { balanceMinor: amountMinor });
  }
  await decided(tx, load, 'not-loaded', at);
}

/** A debt of the card: what it had to pay was proven, and was more than it had. */
export const noteOverdrawn = (tx: Transaction, place: Place, balanceMinor: number, at: string) =>
  noteIncident(tx, {
    kind: 'account-overdrawn',
    ...place,
    detail: `the account stands at ${balanceMinor} fen`,
    at,
  });
