import type { Record } from '../../contract/record/index.ts';
import { endHold } from '../authorise/reverse.ts';
import { EFFECTS } from '../batches/effects.ts';
import { type GatheredFacts, gatherFacts, holdOf, lockAll } from '../batches/facts.ts';
import { changeAccount } from '../cards/cards.ts';
import { type ChipTransaction, markMoved } from '../cards/cryptograms.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { lockNumbers } from '../downloads/hotlist-changes.ts';
import { accounts, move, type Place } from '../ledger/ledger.ts';
import { dropLoad, findLoadOf, keepWaiting, type Load, noteOverdrawn } from '../loads/loads.ts';
import { weighLoad } from '../loads/weigh-loads.ts';
import { addCollection } from '../settle/collections.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import { chipShows, transactionOf } from './chip-shows.ts';
import { type Claim, type Payer, payerOf } from './payer.ts';
import { closeSuspense, lockSuspense, type SuspenseItem } from './suspense.ts';

/** What an operator decides of a claim in suspense, and why. */
export interface Decision {
  readonly decision: 'paid' | 'rejected';
  readonly operator: string;
  readonly note: string;
}

export type Settled =
  /** By this very decision, now or when it came before. */
  | { readonly kind: 'settled'; readonly item: SuspenseItem }
  | { readonly kind: 'not-found' }
  /** By another decision. */
  | { readonly kind: 'settled-before'; readonly item: SuspenseItem }
  /** Nobody can pay it; it stays open. */
  | { readonly kind: 'unpayable'; readonly why: string };

/** An operator settles a claim, once: it is paid, or it is dropped (design 4.13). */
export async function settleClaim(context: HostContext, id: string, decided: Decision): Promise<Settled> {
  const { database, now, log } = context;
  const result = await database.transaction(async (tx): Promise<Settled> => {
    const item = await lockSuspense(tx, id);
    if (item === undefined) return { kind: 'not-found' };
    if (item.state !== 'open') return { kind: isSame(item, decided) ? 'settled' : 'settled-before', item };
    const at = moment(now());
    const known = await gather(tx, context, item, at);
    return decided.decision === 'paid' ? pay(known, decided) : reject(known, decided);
  });
  if (result.kind === 'settled') {
    const { terminal, epoch, sequence, amountMinor, state, paidBy, settledBy, note } = result.item;
    const what = { terminal, epoch, sequence, amountMinor, state, paidBy };
    log.info({ claim: id, ...what, operator: settledBy, note }, 'a claim has left suspense');
  }
  return result;
}

const isSame = ({ state, settledBy, note }: SuspenseItem, { decision, operator, note: why }: Decision): boolean =>
  state === decision && settledBy === operator && note === why;

/** What is known of an open claim, under the locks of its card and of what is authorised for it. */
interface Known {
  readonly tx: Transaction;
  readonly context: HostContext;
  /** RFC 3339, now. */
  readonly at: string;
  readonly item: SuspenseItem;
  readonly terminal: Terminal;
  readonly claim: Claim;
  readonly facts: GatheredFacts;
  readonly hold: GatheredFacts['hold'];
  readonly load: Load | undefined;
}

async function gather(tx: Transaction, context: HostContext, item: SuspenseItem, at: string): Promise<Known> {
  const { terminal: name, epoch, merchant, record, sequence, sealedPan } = item;
  const terminal: Terminal = { terminal: name, epoch, merchant, signingKey: undefined, closed: false };
  const one = { sequence, bytes: new Uint8Array(), hash: '', record, ...(sealedPan !== undefined && { sealedPan }) };
  const known = await lockAll(tx, terminal, [one]);
  // Which undecided payment it claims to settle does not matter any more.
  const { resolved: _, ...facts } = await gatherFacts(tx, context, terminal, one, record, { known, at });
  const chip = transactionOf(record);
  const spendsAccount = record.kind === 'purchase' && record.outcome === 'approved' && record.fundedBy !== 'chip';
  const hold = chip && spendsAccount ? await holdOf(tx, terminal, chip) : undefined;
  const load = chip && record.kind === 'load' ? await loadOf(tx, context, terminal, chip) : undefined;
  const shown = await chipShows(tx, context, record);
  const cardKnown = record.card !== undefined && known.has(record.card.token);
  const claim = { record, facts, cardKnown, ...(hold && { hold }), ...(load && { load }), ...(shown && { shown }) };
  return { tx, context, at, item, terminal, claim, facts, hold, load };
}

/** Its terminal has spoken, if only by what is in suspense: what the chip has shown counts from now on. */
async function loadOf(
  tx: Transaction,
  context: HostContext,
  { terminal }: Terminal,
  chip: ChipTransaction,
): Promise<Load | undefined> {
  const found = await findLoadOf(tx, chip);
  if (found?.origin.terminal !== terminal) return undefined;
  await keepWaiting(tx, found);
  const waiting = await findLoadOf(tx, chip);
  if (waiting !== undefined) await weighLoad(tx, context, waiting);
  return findLoadOf(tx, chip);
}

async function pay(known: Known, { operator, note }: Decision): Promise<Settled> {
  const { tx, at, item, claim, hold } = known;
  const payer = payerOf(claim);
  if ('refused' in payer) return { kind: 'unpayable', why: payer.refused };
  const { paidBy } = payer;
  await closeSuspense(tx, item, { state: 'paid', paidBy, operator, note }, at);
  // What is held for another amount pays nothing any more.
  if (hold !== undefined && hold.amountMinor !== item.amountMinor) await endHold(tx, hold, at);
  await payBy(known, payer);
  if (item.claimant === 'merchant') await tellCentralSystems(known);
  return { kind: 'settled', item: { ...item, state: 'paid', settledAt: at, settledBy: operator, note, paidBy } };
}

/** The claim is dropped, and nothing is held for it any more. */
async function reject({ tx, at, item, hold, load }: Known, { operator, note }: Decision): Promise<Settled> {
  await closeSuspense(tx, item, { state: 'rejected', operator, note }, at);
  if (hold !== undefined) await endHold(tx, hold, at);
  if (load?.state === 'waiting') await dropLoad(tx, load, at);
  return { kind: 'settled', item: { ...item, state: 'rejected', settledAt: at, settledBy: operator, note } };
}

async function payBy(known: Known, payer: Exclude<Payer, { refused: string }>): Promise<void> {
  const { tx, context, at, item, terminal, facts, hold, load } = known;
  if (payer.paidBy === 'centre') return payByCentre(known);
  if (payer.effect === 'load-unauthorised') return loadUnauthorised(known);
  const named = { ...facts, ...(hold && { authorisation: hold }), ...(load && { load }) };
  await EFFECTS[payer.effect]({ tx, context, terminal, at }, { ...placeOf(item), record: item.record, facts: named });
}

const placeOf = ({ terminal, epoch, sequence }: Place): Place => ({ terminal, epoch, sequence });

/** The chip was loaded by an authorisation of which the host knows nothing any more: account to chip all the same. */
async function loadUnauthorised({ tx, at, item, facts: { seen } }: Known): Promise<void> {
  if (seen === undefined) throw new Error('an account pays for a load without its cryptogram');
  const { token } = seen;
  const { amountMinor } = item;
  await markMoved(tx, seen, 'paid');
  const [from, to] = [accounts.account(token), accounts.chip(token)];
  await move(tx, { kind: 'suspense-paid', place: placeOf(item), from, to, amountMinor, at });
  const balanceMinor = await changeAccount(tx, token, { balanceMinor: -amountMinor });
  if (balanceMinor < 0) await noteOverdrawn(tx, placeOf(item), balanceMinor, at);
}

async function payByCentre({ tx, at, item }: Known): Promise<void> {
  const { amountMinor, claimant, merchant, record } = item;
  const token = tokenOf(item);
  const isRefund = claimant === 'card' && record.kind !== 'load';
  const pot = isRefund ? accounts.account(token) : potOf(record, token);
  const to = claimant === 'merchant' ? accounts.merchant(merchant) : pot;
  await move(tx, { kind: 'suspense-paid', place: placeOf(item), from: accounts.issuer, to, amountMinor, at });
  if (isRefund) await changeAccount(tx, token, { balanceMinor: amountMinor });
}

const potOf = (record: Record, token: string): string =>
  record.purse === undefined ? accounts.chip(token) : accounts.purse(token);

function tokenOf({ record: { card } }: SuspenseItem): string {
  if (card === undefined) throw new Error('a claim is paid that names no card');
  return card.token;
}

/** The merchant has the money; the batch of the record has settled, or settles, without it. */
async function tellCentralSystems({ tx, at, item }: Known): Promise<void> {
  await lockNumbers(tx);
  await addCollection(tx, { ...item, token: tokenOf(item) }, at);
}
