import type { DisputeReason } from '../../contract/batch.ts';
import type { Record } from '../../contract/record/index.ts';
import { markMoved } from '../cards/cryptograms.ts';
import { type HostContext, moment } from '../context.ts';
import { isWorthRetrying, type Transaction } from '../database/database.ts';
import { openDebt } from '../debts/debts.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { accounts, move, type Place } from '../ledger/ledger.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import type { ChainedRecord } from './chain.ts';
import { isWithoutProof } from './consistent.ts';
import { EFFECTS } from './effects.ts';
import { openQuestions, weighEvidence } from './evidence.ts';
import { type GatheredFacts, gatherFacts, type KnownCards, lockAll } from './facts.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judgement.ts';
import { payPlainPurchases } from './plain-purchases.ts';

/** The host has failed on a record: the transaction is given up, and the batch is to be applied `carefully`. */
export class RecordFailure extends Error {}

/**
 * Judges the records of a batch in their order, and moves what money they move. The caller has the epoch's lock. Throws
 * RecordFailure when the host fails on one, unless it goes carefully: then each has a savepoint, and that one is parked.
 */
export async function applyRecords(
  tx: Transaction,
  context: HostContext,
  terminal: Terminal,
  batch: Pick<At, 'acceptedBefore'> & {
    readonly id: string;
    readonly chained: readonly ChainedRecord[];
    readonly carefully: boolean;
  },
): Promise<void> {
  const { id: batchId, chained, carefully, acceptedBefore } = batch;
  const known = await lockAll(tx, terminal, chained);
  const open = await openQuestions(tx, [...known.keys()]);
  const at: At = { tx, context, terminal, batchId, known, acceptedBefore, open, at: moment(context.now()) };
  if (carefully) for (const one of chained) await applyOrDispute(at, one);
  else for (const one of await orFail(() => payPlainPurchases(at, chained))) await orFail(() => applyRecord(at, one));
}

async function orFail<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isWorthRetrying(error) || isConnectionLost(error)) throw error;
    throw new RecordFailure('the host fails on a record', { cause: error });
  }
}

/** Design 4.7: one record that the host itself fails on is parked, and the batch goes on. */
async function applyOrDispute(at: At, one: ChainedRecord): Promise<void> {
  const { tx, context, terminal } = at;
  try {
    await tx.savepoint(() => applyRecord(at, one));
  } catch (error) {
    if (isWorthRetrying(error) || isConnectionLost(error)) throw error;
    const { terminal: name, epoch } = terminal;
    context.log.error({ terminal: name, epoch, sequence: one.sequence, err: error }, 'a record cannot be processed');
    await dispute(at, one, 'unprocessable');
  }
}

/** A connection that is gone takes the whole transaction with it; statement time-outs are the host's trouble, not the record's. */
const isConnectionLost = (error: unknown): boolean => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  return code === undefined
    ? /connection/i.test(String(error))
    : /^(57|08|53|55|25P0[13]|ECONN|EPIPE|ETIMEDOUT)/.test(code);
};

interface At {
  readonly tx: Transaction;
  readonly context: HostContext;
  readonly terminal: Terminal;
  readonly batchId: string;
  readonly known: KnownCards;
  /** Sequences that the host once accepted, by its own signature. */
  readonly acceptedBefore: ReadonlySet<number>;
  /** Tokens of cards about which something is undecided; records add to it. */
  readonly open: Set<string>;
  /** RFC 3339, now. */
  readonly at: string;
}

async function applyRecord(at: At, one: ChainedRecord): Promise<void> {
  const { record } = one;
  if (record === undefined) return dispute(at, one, 'unreadable');
  const acceptedBefore = at.acceptedBefore.has(one.sequence);
  const facts = { ...(await gatherFacts(at.tx, at.context, at.terminal, one, record, at)), acceptedBefore };
  const judgement = judge(record, facts);
  if (judgement.verdict === 'disputed' && 'debt' in judgement) await noteDebt(at, one, { record, facts }, judgement);
  else if (judgement.verdict === 'disputed') await dispute(at, one, judgement.reason);
  else {
    await insertRecord(at, one, judgement);
    await EFFECTS[judgement.effect](at, { ...placeOf(at, one), record, facts });
  }
  // What a load or an undecided payment leaves open, this cryptogram or a later one of the batch may close.
  const leavesOpen = record.kind === 'load' || record.outcome === 'undecided' || isWithoutProof(record);
  if (leavesOpen && record.card !== undefined) at.open.add(record.card.token);
  if (facts.seen !== undefined && at.open.has(facts.seen.token)) await weighEvidence(at.tx, at.context, facts.seen);
}

const placeOf = ({ terminal: { terminal, epoch } }: At, { sequence }: ChainedRecord): Place => ({
  terminal,
  epoch,
  sequence,
});

async function insertRecord({ tx, terminal, batchId }: At, one: ChainedRecord, judgement: Judgement): Promise<void> {
  const reason = judgement.verdict === 'disputed' ? judgement.reason : null;
  await tx.run(
    `insert into records (terminal, epoch, sequence, batch_id, canonical, chain_hash, sealed_pan, verdict, reason,
       outcome, amount_minor, kind)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      terminal.terminal,
      terminal.epoch,
      one.sequence,
      batchId,
      Buffer.from(one.bytes),
      one.hash,
      one.sealedPan,
      judgement.verdict,
      reason,
      one.record?.outcome,
      one.record?.amountMinor,
      one.record?.kind,
    ],
  );
}

/** Who may have money coming from a disputed record; of a load nobody but its card. */
const CLAIMANTS: { readonly [outcome in Record['outcome']]?: 'merchant' | 'card' } = {
  approved: 'merchant',
  'declined-after-debit': 'card',
  undecided: 'card',
};

const claimantOf = ({ kind, outcome }: Record) =>
  kind === 'load' && outcome === 'approved' ? 'card' : CLAIMANTS[outcome];

/** Not paid yet: what the account does not pay the card owes (design 4.13). */
async function noteDebt(
  at: At,
  one: ChainedRecord,
  { record, facts }: { readonly record: Record; readonly facts: GatheredFacts },
  judgement: Extract<Judgement, { debt: true }>,
): Promise<void> {
  const { tx, terminal } = at;
  if (facts.seen === undefined) throw new Error('a card owes without its cryptogram');
  const { token } = facts.seen;
  await insertRecord(at, one, judgement);
  await markMoved(tx, facts.seen, 'owed');
  const debt = { token, merchant: terminal.merchant, amountMinor: record.amountMinor, reason: judgement.reason };
  await openDebt(tx, debt, placeOf(at, one), at.at);
}

/** Neither paid nor a debt: what the record claims goes to suspense until a person has looked (design 4.13). */
async function dispute(at: At, one: ChainedRecord, reason: DisputeReason): Promise<void> {
  const { tx, terminal } = at;
  const place = placeOf(at, one);
  await insertRecord(at, one, { verdict: 'disputed', reason });
  const outcome = one.record?.outcome;
  const detail = outcome === undefined ? 'the record cannot be read' : `${outcome} of ${one.record?.amountMinor} fen`;
  await noteIncident(tx, { kind: `record-${reason}`, ...place, detail, at: at.at });
  const claimant = one.record && claimantOf(one.record);
  const amountMinor = one.record?.amountMinor ?? 0;
  if (claimant === undefined || amountMinor === 0) return;
  await tx.run(
    `insert into suspense_items (terminal, epoch, sequence, claimant, amount_minor, reason) values ($1, $2, $3, $4, $5, $6)`,
    [place.terminal, place.epoch, place.sequence, claimant, amountMinor, reason],
  );
  const name = claimant === 'merchant' ? terminal.merchant : (one.record?.card?.token ?? 'unknown');
  const to = accounts.contested(claimant, name);
  await move(tx, { kind: 'suspense', place, from: accounts.suspense, to, amountMinor, at: at.at });
}
