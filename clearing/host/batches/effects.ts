import type { Record } from '../../contract/record/index.ts';
import { changeAccount } from '../cards/cards.ts';
import { markMoved } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { accounts, move, type Place } from '../ledger/ledger.ts';
import { dropLoad, keepWaiting, type Load, markRecorded, noteOverdrawn, postLoad } from '../loads/loads.ts';
import { markPurseMoved, type PurseTransaction, purseOf } from '../purses/purse-transactions.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import type { GatheredFacts } from './facts.ts';
import type { Effect } from './judgement.ts';
import { closeUndecidedOfChip, giveBack, keepUndecided } from './undecided.ts';

interface At {
  readonly tx: Transaction;
  readonly context: HostContext;
  readonly terminal: Terminal;
  /** RFC 3339, now. */
  readonly at: string;
}

interface Applied extends Place {
  readonly record: Record;
  readonly facts: GatheredFacts;
}

/** What an accepted record moves. */
export const EFFECTS: { readonly [effect in Effect]: (at: At, applied: Applied) => Promise<void> } = {
  none: async () => {},
  'pay-from-chip': payFromChip,
  'post-hold': postHold,
  'pay-from-account': payFromAccount,
  'give-back': giveBackDebit,
  'keep-undecided': keep,
  'close-undecided': closeNotDebited,
  'note-lost': noteLost,
  'post-load': postRecordedLoad,
  'note-load': noteRecordedLoad,
  'drop-load': async ({ tx, at }, applied) => dropLoad(tx, loadOf(applied), at),
  'keep-load': async ({ tx }, applied) => {
    await keepWaiting(tx, loadOf(applied));
  },
  'pay-from-purse': payFromPurse,
  'give-back-purse': giveBackPurse,
  'note-undecided-purse': noteUndecidedPurse,
};

async function payFromChip({ tx, terminal, at }: At, applied: Applied): Promise<void> {
  const chip = chipOf(applied);
  await markMoved(tx, chip, 'paid');
  const [from, to] = [accounts.chip(chip.token), accounts.merchant(terminal.merchant)];
  const { amountMinor } = applied.record;
  await move(tx, { kind: 'chip-purchase', place: applied, from, to, amountMinor, at });
}

async function postHold(given: At, applied: Applied): Promise<void> {
  const { authorisation } = applied.facts;
  if (authorisation === undefined) throw new Error('a hold is posted that nobody named');
  await postFromAccount(given, applied, authorisation);
}

async function payFromAccount(given: At, applied: Applied): Promise<void> {
  const { hold } = applied.facts;
  const chip = chipOf(applied);
  // What the host held for the ARQC before it is this payment's.
  if (hold === undefined) await markMoved(given.tx, chip, 'paid');
  await postFromAccount(given, applied, hold);
}

/** Account to merchant; the hold ends, if there is one. Beyond what the account has, the card has a debt (design 4.13). */
async function postFromAccount(
  { tx, terminal, at }: At,
  applied: Applied,
  hold: { readonly id: string } | undefined,
): Promise<void> {
  const { amountMinor, card } = applied.record;
  if (card === undefined) throw new Error('an account pays that nobody named');
  const { token } = card;
  if (hold !== undefined) {
    await tx.run(`update authorisations set state = 'posted', changed_at = $2 where id = $1`, [hold.id, at]);
  }
  const [from, to] = [accounts.account(token), accounts.merchant(terminal.merchant)];
  await move(tx, { kind: 'account-purchase', place: applied, from, to, amountMinor, at });
  const heldMinor = hold === undefined ? 0 : -amountMinor;
  const balanceMinor = await changeAccount(tx, token, { balanceMinor: -amountMinor, heldMinor });
  if (balanceMinor < 0) await noteOverdrawn(tx, placeOf(applied), balanceMinor, at);
}

const placeOf = ({ terminal, epoch, sequence }: Place): Place => ({ terminal, epoch, sequence });

async function giveBackDebit({ tx, at }: At, applied: Applied): Promise<void> {
  const { terminal, epoch, sequence } = applied.facts.resolved ?? applied;
  const { amountMinor } = applied.record;
  await giveBack(tx, { ...chipOf(applied), terminal, epoch, sequence, amountMinor }, at);
}

async function keep({ tx, context }: At, applied: Applied): Promise<void> {
  const { terminal, epoch, sequence, record, facts } = applied;
  // What the chip itself says goes before what the terminal says of it.
  const balanceBeforeMinor = facts.seen?.balanceBeforeMinor ?? record.card?.balanceBeforeMinor;
  await keepUndecided(tx, context, {
    ...(facts.seen === undefined ? toldChipOf(record) : chipOf(applied)),
    terminal,
    epoch,
    sequence,
    amountMinor: record.amountMinor,
    cryptogramSeen: facts.seen !== undefined,
    ...(balanceBeforeMinor !== undefined && { balanceBeforeMinor }),
  });
}

async function closeNotDebited({ tx, at }: At, { facts: { resolved } }: Applied): Promise<void> {
  if (resolved === undefined) throw new Error('an undecided payment is closed that nobody named');
  await closeUndecidedOfChip(tx, resolved, 'not-debited', at);
}

async function noteLost({ tx, at }: At, { terminal, epoch, sequence, record }: Applied): Promise<void> {
  const detail = `an undecided payment of ${record.amountMinor} fen names no card: it can only be decided by hand`;
  await noteIncident(tx, { kind: 'undecided-without-card', terminal, epoch, sequence, detail, at });
}

async function postRecordedLoad({ tx, at }: At, applied: Applied): Promise<void> {
  await postLoad(tx, loadOf(applied), placeOf(applied), at);
  await markRecorded(tx, loadOf(applied));
}

async function noteRecordedLoad({ tx }: At, applied: Applied): Promise<void> {
  await markRecorded(tx, loadOf(applied));
}

async function payFromPurse({ tx, terminal, at }: At, applied: Applied): Promise<void> {
  const purse = purseTransactionOf(applied);
  await markPurseMoved(tx, purse, 'paid', at);
  const [from, to] = [accounts.purse(purse.token), accounts.merchant(terminal.merchant)];
  const { amountMinor } = applied.record;
  await move(tx, { kind: 'purse-purchase', place: applied, from, to, amountMinor, at });
}

async function giveBackPurse({ tx, at }: At, applied: Applied): Promise<void> {
  const purse = purseTransactionOf(applied);
  await markPurseMoved(tx, purse, 'given-back', at);
  const [from, to] = [accounts.purse(purse.token), accounts.account(purse.token)];
  const { amountMinor } = applied.record;
  await move(tx, { kind: 'purse-give-back', place: applied, from, to, amountMinor, at });
  await changeAccount(tx, purse.token, { balanceMinor: amountMinor });
}

async function noteUndecidedPurse({ tx, at }: At, applied: Applied): Promise<void> {
  const detail = `an undecided ${applied.record.kind} of ${applied.record.amountMinor} fen: it waits for its terminal's word`;
  await noteIncident(tx, { kind: 'undecided-purse', ...placeOf(applied), detail, at });
}

function chipOf({ facts }: Applied) {
  if (facts.seen === undefined) throw new Error('money of a chip moves without its cryptogram');
  const { token, panSequence, atc } = facts.seen;
  return { token, panSequence, atc };
}

/** The terminal's word for which transaction of the chip it was. */
function toldChipOf({ card }: Record) {
  if (card?.atc === undefined) throw new Error('an undecided payment is kept that nobody can find again');
  const { token, panSequence, atc } = card;
  return { token, panSequence, atc };
}

function loadOf({ facts }: Applied): Load {
  if (facts.load === undefined) throw new Error('a load moves that nobody named');
  return facts.load;
}

function purseTransactionOf({ record }: Applied): PurseTransaction {
  const purse = purseOf(record);
  if (purse === undefined) throw new Error('money of a purse moves without its numbers');
  return purse;
}
