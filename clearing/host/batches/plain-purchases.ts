import { z } from 'zod';
import type { Pan } from '../../../emv/values/index.ts';
import type { Record } from '../../contract/record/index.ts';
import { genuineCryptogram } from '../cards/chip-check.ts';
import type { SeenCryptogram } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { accounts } from '../ledger/ledger.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import type { ChainedRecord } from './chain.ts';
import { cardOf, isInPlace, type KnownCards } from './facts.ts';
import { judge } from './judge.ts';

interface At {
  readonly tx: Transaction;
  readonly context: HostContext;
  readonly terminal: Terminal;
  readonly batchId: string;
  readonly known: KnownCards;
  /** Tokens of cards about which something is undecided. */
  readonly open: ReadonlySet<string>;
  /** RFC 3339, now. */
  readonly at: string;
}

interface Plain {
  readonly one: ChainedRecord;
  readonly record: Record;
  readonly seen: SeenCryptogram;
}

/**
 * Takes the purchases that are nearly all of a batch (the chip has paid, its TC is genuine and was never seen, nothing is open
 * about the card) in four statements for all of them, with the same judgement and the same effect as one by one.
 * @returns the records that are left, in their order
 */
export async function payPlainPurchases(at: At, chained: readonly ChainedRecord[]): Promise<readonly ChainedRecord[]> {
  const plain = plainOf(at, chained);
  if (plain.length === 0) return chained;
  const fresh = await notePaid(at, plain);
  const paid = plain.filter(({ seen }) => fresh.delete(nameOf(seen)));
  if (paid.length === 0) return chained;
  await insertRecords(at, paid);
  await movePurchases(at, paid);
  const done = new Set(paid.map(({ one }) => one.sequence));
  return chained.filter(({ sequence }) => !done.has(sequence));
}

/** Cards that come with anything else in the batch are left out whole: what is told of one card is told in its order. */
function plainOf(at: At, chained: readonly ChainedRecord[]): readonly Plain[] {
  const others = new Set(at.open);
  for (const { record } of chained) {
    if (record?.card !== undefined && !mayBePlain(record)) others.add(record.card.token);
  }
  return chained.flatMap((one) => {
    const { record } = one;
    if (record?.card === undefined || !mayBePlain(record) || others.has(record.card.token)) return [];
    const seen = seenOf(at, one, record);
    return seen === undefined ? [] : [{ one, record, seen }];
  });
}

const mayBePlain = ({ kind, outcome, fundedBy, chip, purse, resolvesSequence, authorisationId }: Record): boolean =>
  kind === 'purchase' &&
  outcome === 'approved' &&
  fundedBy === 'chip' &&
  chip?.cryptogramType === 'tc' &&
  purse === undefined &&
  resolvesSequence === undefined &&
  authorisationId === undefined;

/** Its cryptogram, when the judge accepts the record on the strength of it. */
function seenOf({ context, terminal, known, at }: At, one: ChainedRecord, record: Record): SeenCryptogram | undefined {
  const { card, number } = cardOf(context, one, record, known);
  if (number?.kind !== 'pan' || record.card === undefined || record.chip === undefined) return undefined;
  const seen = genuine(context, number.pan, record.card, record.chip, at);
  if (seen === undefined) return undefined;
  const inPlace = isInPlace(record, terminal, one.sequence);
  const judgement = judge(record, { inPlace, card, cryptogram: 'genuine' });
  return judgement.verdict === 'accepted' && judgement.effect === 'pay-from-chip' ? seen : undefined;
}

const genuine = (
  context: HostContext,
  pan: Pan,
  { token, panSequence }: NonNullable<Record['card']>,
  chip: NonNullable<Record['chip']>,
  at: string,
) => genuineCryptogram(context, { pan, token, panSequence }, chip, { spends: 'chip', at });

const nameOf = ({ token, panSequence, atc }: Pick<SeenCryptogram, 'token' | 'panSequence' | 'atc'>): string =>
  `${token} ${panSequence} ${atc}`;

const notedRow = z.object({ token: z.string(), pan_sequence: z.int(), atc: z.int() });

/** Notes cryptograms as paid; gives the names of those that were new. One that comes twice in the batch is new once. */
async function notePaid({ tx, at }: At, plain: readonly Plain[]): Promise<Set<string>> {
  const seen = plain.map((each) => each.seen);
  const noted = await tx.rows(
    notedRow,
    `insert into cryptograms (token, pan_sequence, atc, kind, balance_before_minor, moved, seen_at)
     select token, pan_sequence, atc, 'tc', balance, 'paid', $5
     from unnest($1::text[], $2::integer[], $3::integer[], $4::bigint[]) as given (token, pan_sequence, atc, balance)
     on conflict do nothing returning token, pan_sequence, atc`,
    [
      seen.map(({ token }) => token),
      seen.map(({ panSequence }) => panSequence),
      seen.map(({ atc }) => atc),
      seen.map(({ balanceBeforeMinor }) => balanceBeforeMinor ?? null),
      at,
    ],
  );
  return new Set(noted.map(({ token, pan_sequence: panSequence, atc }) => nameOf({ token, panSequence, atc })));
}

/** The canonical bytes go as one piece, cut there: in an array each would go as hex, and be read character by character. */
async function insertRecords({ tx, terminal, batchId }: At, paid: readonly Plain[]): Promise<void> {
  const pieces = paid.map(({ one }) => one.bytes);
  await tx.run(
    `insert into records (terminal, epoch, sequence, batch_id, canonical, chain_hash, sealed_pan, verdict, outcome,
       amount_minor, kind)
     select $1, $2, sequence, $3, substring($4::bytea from start for length), chain_hash, sealed_pan, 'accepted', 'approved',
       amount, 'purchase'
     from unnest($5::bigint[], $6::integer[], $7::integer[], $8::text[], $9::text[], $10::bigint[])
       as given (sequence, start, length, chain_hash, sealed_pan, amount)`,
    [
      terminal.terminal,
      terminal.epoch,
      batchId,
      Buffer.concat(pieces),
      paid.map(({ one }) => one.sequence),
      startsOf(pieces),
      pieces.map(({ length }) => length),
      paid.map(({ one }) => one.hash),
      paid.map(({ one }) => one.sealedPan),
      paid.map(({ record }) => record.amountMinor),
    ],
  );
}

/** Where each begins when they stand one behind the other; PostgreSQL counts from 1. */
function startsOf(pieces: readonly Uint8Array[]): readonly number[] {
  let next = 1;
  return pieces.map(({ length }) => {
    const start = next;
    next += length;
    return start;
  });
}

/** Chip to merchant, a movement of two postings for each. */
async function movePurchases({ tx, terminal, at }: At, paid: readonly Plain[]): Promise<void> {
  await tx.run(
    `with given as (
       select * from unnest($4::bigint[], $5::text[], $6::bigint[]) as given (sequence, chip, amount)),
     made as (
       insert into movements (kind, terminal, epoch, sequence, made_at)
       select 'chip-purchase', $1, $2, sequence, $3 from given returning movement, sequence)
     insert into postings (movement, account, amount_minor)
     select movement, side.account, side.amount
     from made join given using (sequence)
       cross join lateral (values (given.chip, -given.amount), ($7, given.amount)) as side (account, amount)`,
    [
      terminal.terminal,
      terminal.epoch,
      at,
      paid.map(({ one }) => one.sequence),
      paid.map(({ seen }) => accounts.chip(seen.token)),
      paid.map(({ record }) => record.amountMinor),
      accounts.merchant(terminal.merchant),
    ],
  );
}
