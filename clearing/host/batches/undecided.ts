import { z } from 'zod';
import { changeAccount } from '../cards/cards.ts';
import { type ChipTransaction, markMoved, movedBy, nextBalance, noteUnseen } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import { moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { accounts, move, type Place } from '../ledger/ledger.ts';

/** A payment that ended before its terminal knew whether the card had paid. */
export interface Undecided extends Place, ChipTransaction {
  readonly amountMinor: number;
  /** What the chip had before, fen; absent when nobody knows. */
  readonly balanceBeforeMinor?: number;
  /** False: the card left before its cryptogram came, and the terminal knows the counter alone. */
  readonly cryptogramSeen: boolean;
  readonly state: UndecidedState;
}

/** `paid`: a record has paid the merchant with the same TC after all. */
export type UndecidedState = 'open' | 'given-back' | 'not-debited' | 'paid';

/**
 * Offline records are to be at the centre within 10 days (UnionPay's rule for electronic cash). Once a gap in the ATC is that
 * old, nothing is to be expected in it any more.
 */
export const GAP_GRACE_MS = 10 * 24 * 3_600_000;

/** What the card has shown since: its first transaction after the undecided one that told a balance. */
export interface LaterBalance {
  readonly atc: number;
  readonly balanceBeforeMinor: number;
  /** Since when the host has known it, milliseconds. */
  readonly knownForMs: number;
}

/**
 * Did the card pay (design 4.1)? From its next ATC and balance alone: as much as before means no, less by exactly the amount
 * means yes. While ATCs are missing in between, or no cryptogram ties this transaction to its ATC, somebody else's payment of
 * the same amount may still come in, so a debit is then only believed after the time of grace. Undefined: not known.
 */
export function decide(
  {
    atc,
    amountMinor,
    balanceBeforeMinor,
    cryptogramSeen,
  }: Pick<Undecided, 'atc' | 'amountMinor' | 'balanceBeforeMinor' | 'cryptogramSeen'>,
  later: LaterBalance,
): 'debited' | 'not-debited' | undefined {
  if (balanceBeforeMinor === undefined) return undefined;
  const spent = balanceBeforeMinor - later.balanceBeforeMinor;
  if (spent === 0) return 'not-debited';
  const complete = (cryptogramSeen && later.atc === atc + 1) || later.knownForMs >= GAP_GRACE_MS;
  return spent === amountMinor && complete ? 'debited' : undefined;
}

const undecidedRow = z.object({
  terminal: z.string(),
  epoch: z.int(),
  sequence: z.int(),
  token: z.string(),
  pan_sequence: z.int(),
  atc: z.int(),
  amount_minor: z.int(),
  balance_before_minor: z.int().nullable(),
  cryptogram_seen: z.boolean(),
  state: z.enum(['open', 'given-back', 'not-debited', 'paid']),
});

const SELECT = `select terminal, epoch, sequence, token, pan_sequence, atc, amount_minor, balance_before_minor,
    cryptogram_seen, state
  from undecided`;

const fromRow = (row: z.output<typeof undecidedRow>): Undecided => ({
  terminal: row.terminal,
  epoch: row.epoch,
  sequence: row.sequence,
  token: row.token,
  panSequence: row.pan_sequence,
  atc: row.atc,
  amountMinor: row.amount_minor,
  ...(row.balance_before_minor !== null && { balanceBeforeMinor: row.balance_before_minor }),
  cryptogramSeen: row.cryptogram_seen,
  state: row.state,
});

export async function findUndecided(tx: Transaction, place: Place): Promise<Undecided | undefined> {
  const found = await tx.first(undecidedRow, `${SELECT} where terminal = $1 and epoch = $2 and sequence = $3`, [
    place.terminal,
    place.epoch,
    place.sequence,
  ]);
  return found && fromRow(found);
}

/** Keeps an undecided payment until its card tells; perhaps it has already. The caller has the card's lock. */
export async function keepUndecided(tx: Transaction, context: HostContext, kept: Omit<Undecided, 'state'>) {
  await tx.run(
    `insert into undecided
       (terminal, epoch, sequence, token, pan_sequence, atc, amount_minor, balance_before_minor, cryptogram_seen, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open')`,
    [
      kept.terminal,
      kept.epoch,
      kept.sequence,
      kept.token,
      kept.panSequence,
      kept.atc,
      kept.amountMinor,
      kept.balanceBeforeMinor,
      kept.cryptogramSeen,
    ],
  );
  await decideUndecidedOf(tx, context, kept);
}

/** Decides what can be decided of a chip's undecided payments, after something was seen of it. The caller has the card's lock. */
export async function decideUndecidedOf(
  tx: Transaction,
  context: HostContext,
  { token, panSequence }: Pick<ChipTransaction, 'token' | 'panSequence'>,
): Promise<void> {
  const open = await tx.rows(
    undecidedRow,
    `${SELECT} where token = $1 and pan_sequence = $2 and state = 'open' order by atc, terminal, epoch, sequence`,
    [token, panSequence],
  );
  for (const row of open) await decideOne(tx, context, fromRow(row));
}

async function decideOne(tx: Transaction, context: HostContext, undecided: Undecided): Promise<void> {
  const at = moment(context.now());
  // The same transaction of the chip may have been settled by another record: it moves money once.
  const moved = await movedBy(tx, undecided);
  if (moved !== undefined) return closeUndecided(tx, undecided, moved === 'given-back' ? 'given-back' : 'paid', at);
  const later = await nextBalance(tx, undecided);
  if (later === undefined) return;
  const decision = decide(undecided, { ...later, knownForMs: context.now() - Date.parse(later.seenAt) });
  if (decision === 'debited') {
    if (!undecided.cryptogramSeen) await noteUnseen(tx, undecided, at);
    await giveBack(tx, undecided, at);
  } else if (decision === 'not-debited') await closeUndecided(tx, undecided, 'not-debited', at);
  else if (later.atc === undecided.atc + 1 && isPuzzle(undecided, later)) await notePuzzle(tx, undecided, at);
}

/** A debit that is only waited for is none. */
const isPuzzle = ({ balanceBeforeMinor, amountMinor }: Undecided, later: { readonly balanceBeforeMinor: number }) =>
  balanceBeforeMinor === undefined || balanceBeforeMinor - later.balanceBeforeMinor !== amountMinor;

/** The very next transaction shows neither of the two possible balances: no later one will tell. */
const notePuzzle = (tx: Transaction, { terminal, epoch, sequence }: Undecided, at: string) =>
  noteIncident(tx, {
    kind: 'undecided-puzzle',
    terminal,
    epoch,
    sequence,
    detail: 'the balance of the next transaction fits neither a debit nor none; decide by hand',
    at,
  });

/**
 * Gives the card what its chip has paid for nothing: from the chip's pot to its account. Once for each transaction of the
 * chip. `debit` is the record of the debit that is undone.
 */
export async function giveBack(
  tx: Transaction,
  debit: Place & ChipTransaction & { readonly amountMinor: number },
  at: string,
): Promise<void> {
  const { token, amountMinor } = debit;
  await markMoved(tx, debit, 'given-back');
  const [from, to] = [accounts.chip(token), accounts.account(token)];
  await move(tx, { kind: 'give-back', place: debit, from, to, amountMinor, at });
  await changeAccount(tx, token, { balanceMinor: amountMinor });
  await closeUndecidedOfChip(tx, debit, 'given-back', at);
}

async function closeUndecided(
  tx: Transaction,
  { terminal, epoch, sequence }: Place,
  state: UndecidedState,
  at: string,
) {
  await tx.run(
    `update undecided set state = $4, decided_at = $5
     where terminal = $1 and epoch = $2 and sequence = $3 and state = 'open'`,
    [terminal, epoch, sequence, state, at],
  );
}

/** Closes whatever is still undecided about one transaction of a chip. */
export async function closeUndecidedOfChip(
  tx: Transaction,
  { token, panSequence, atc }: ChipTransaction,
  state: UndecidedState,
  at: string,
): Promise<void> {
  await tx.run(
    `update undecided set state = $4, decided_at = $5
     where token = $1 and pan_sequence = $2 and atc = $3 and state = 'open'`,
    [token, panSequence, atc, state, at],
  );
}
