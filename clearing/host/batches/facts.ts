import { z } from 'zod';
import type { Pan } from '../../../emv/values/index.ts';
import type { Record } from '../../contract/record/index.ts';
import { numberOfAuthorisation } from '../authorise/authorisation-id.ts';
import { genuineCryptogram } from '../cards/chip-check.ts';
import { noteCryptogram, type SeenCryptogram } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import type { ChainedRecord } from './chain.ts';
import type { Facts, NamedAuthorisation } from './judge.ts';
import { findUndecided } from './undecided.ts';

export interface GatheredFacts extends Facts {
  /** The genuine cryptogram of the record, of a card that the host knows. */
  readonly seen?: SeenCryptogram;
  readonly authorisation?: NamedAuthorisation & { readonly id: string };
}

const authorisationRow = z.object({
  id: z.string(),
  state: z.enum(['void', 'declined', 'verified', 'held', 'reversed', 'posted']),
  amount_minor: z.int(),
  token: z.string(),
  pan_sequence: z.int(),
  atc: z.int(),
  cryptogram: z.string(),
});

/**
 * Locks every authorisation and every card that the records of a batch touch, in the order that everybody keeps:
 * authorisations by id, then cards by token. Gives the tokens of the cards that the host knows.
 */
export async function lockAll(
  tx: Transaction,
  terminal: Terminal,
  chained: readonly ChainedRecord[],
): Promise<ReadonlySet<string>> {
  const records = chained.flatMap(({ record }) => record ?? []);
  const numbers = records.flatMap(({ authorisationId }) => numberOfAuthorisation(authorisationId) ?? []);
  await tx.run('select from authorisations where number = any($1) and terminal = $2 order by id for update', [
    numbers,
    terminal.terminal,
  ]);
  const tokens = records.flatMap(({ card }) => card?.token ?? []);
  const known = await tx.rows(
    z.object({ token: z.string() }),
    'select token from cards where token = any($1) order by token for update',
    [[...new Set(tokens)]],
  );
  return new Set(known.map(({ token }) => token));
}

/**
 * Gathers what `judge` must know of a record, and notes its cryptogram if it is genuine. The caller has the locks of
 * `lockAll`, which also gave the `known` cards.
 */
export async function gatherFacts(
  tx: Transaction,
  context: HostContext,
  terminal: Terminal,
  one: ChainedRecord,
  record: Record,
  { known, at }: { readonly known: ReadonlySet<string>; readonly at: string },
): Promise<GatheredFacts> {
  const inPlace = isInPlace(record, terminal, one.sequence);
  const { card, pan } = cardOf(context, one, record, known);
  const seen = pan && seenBy(context, pan, record, at);
  const moved = seen && (await noteCryptogram(tx, seen));
  const authorisation = await namedAuthorisation(tx, terminal, record);
  const resolved = await resolvedBy(tx, terminal, record);
  return {
    inPlace,
    card,
    ...(pan && record.chip && { cryptogram: seen === undefined ? 'wrong' : 'genuine' }),
    ...(seen && { seen }),
    ...(moved && { moved }),
    ...(authorisation && { authorisation }),
    ...(resolved && { resolved }),
  };
}

const isInPlace = (record: Record, { terminal, epoch, merchant }: Terminal, sequence: number): boolean =>
  record.terminal === terminal &&
  record.epoch === epoch &&
  record.sequence === sequence &&
  record.merchant === merchant;

/** Whose card it is. The PAN is there only when the card is known. */
function cardOf(
  { hsm }: HostContext,
  { sealedPan }: ChainedRecord,
  { card }: Record,
  known: ReadonlySet<string>,
): { readonly card: Facts['card']; readonly pan?: Pan } {
  if (card === undefined || sealedPan === undefined) return { card: 'pan-missing' };
  const pan = hsm.openPan(sealedPan, card.token);
  if (pan === undefined) return { card: 'pan-mismatch' };
  return known.has(card.token) ? { card: 'known', pan } : { card: 'unknown' };
}

function seenBy(context: HostContext, pan: Pan, { card, chip }: Record, at: string): SeenCryptogram | undefined {
  if (card === undefined || chip === undefined) return undefined;
  return genuineCryptogram(context, { pan, token: card.token, panSequence: card.panSequence }, chip, at);
}

async function namedAuthorisation(
  tx: Transaction,
  { terminal }: Terminal,
  { authorisationId }: Record,
): Promise<GatheredFacts['authorisation']> {
  const number = numberOfAuthorisation(authorisationId);
  if (number === undefined) return undefined;
  const found = await tx.first(
    authorisationRow,
    `select id, state, amount_minor, token, pan_sequence, atc, cryptogram from authorisations
     where number = $1 and terminal = $2 and state <> 'void'`,
    [number, terminal],
  );
  if (found === undefined) return undefined;
  const { amount_minor: amountMinor, pan_sequence: panSequence, id, state, token, atc, cryptogram } = found;
  return { id, state, amountMinor, token, panSequence, atc, cryptogram };
}

const resolvedBy = async (tx: Transaction, { terminal, epoch }: Terminal, { resolvesSequence }: Record) =>
  resolvesSequence === undefined ? undefined : findUndecided(tx, { terminal, epoch, sequence: resolvesSequence });
