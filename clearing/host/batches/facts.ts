import { z } from 'zod';
import type { Pan, PurseSerial } from '../../../emv/values/index.ts';
import { parseRecord, type Record } from '../../contract/record/index.ts';
import { numberOfAuthorisation } from '../authorise/authorisation-id.ts';
import { statusFault } from '../cards/card-status.ts';
import { lockCard } from '../cards/cards.ts';
import { genuineCryptogram } from '../cards/chip-check.ts';
import { type ChipTransaction, movedBy, noteCryptogram, type SeenCryptogram } from '../cards/cryptograms.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { findLoad, lockLoadsOf } from '../loads/loads.ts';
import { purseMovedBy, purseOf } from '../purses/purse-transactions.ts';
import type { Terminal } from '../terminals/authenticate.ts';
import type { ChainedRecord } from './chain.ts';
import type { Facts, NamedAuthorisation } from './facts-of-record.ts';
import { confirmationOf } from './second-cryptogram.ts';
import { findUndecided } from './undecided.ts';

export interface GatheredFacts extends Facts {
  /** The genuine cryptogram of the record, of a card that the host knows. */
  readonly seen?: SeenCryptogram;
  readonly authorisation?: NamedAuthorisation & { readonly id: string };
  readonly hold?: NamedAuthorisation & { readonly id: string };
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

/** Cards that the host knows, by token: the number of each as the module has sealed it, where it is kept. */
export type KnownCards = ReadonlyMap<string, string | undefined>;

/**
 * Locks every authorisation and every card that the records of a batch touch, in the order that everybody keeps:
 * authorisations by id, then cards by token. Gives the cards that the host knows.
 */
export async function lockAll(
  tx: Transaction,
  terminal: Terminal,
  chained: readonly ChainedRecord[],
): Promise<KnownCards> {
  const records = chained.flatMap(({ record }) => record ?? []);
  const numbers = records.flatMap(({ authorisationId }) => numberOfAuthorisation(authorisationId) ?? []);
  if (numbers.length > 0) {
    await tx.run('select from authorisations where number = any($1) and terminal = $2 order by id for update', [
      numbers,
      terminal.terminal,
    ]);
  }
  const tokens = [...new Set(records.flatMap(({ card }) => card?.token ?? []))];
  await lockHoldsOf(tx, terminal, tokens);
  await lockLoadsOf(tx, tokens);
  const known = await tx.rows(
    z.object({ token: z.string(), sealed_number: z.string().nullable() }),
    'select token, sealed_number from cards where token = any($1) order by token for update',
    [tokens],
  );
  return new Map(known.map(({ token, sealed_number: sealedNumber }) => [token, sealedNumber ?? undefined]));
}

/** What is held for these cards by this terminal: a TC without authorisation may be what became of it. */
const lockHoldsOf = (tx: Transaction, { terminal }: Terminal, tokens: readonly string[]) =>
  tx.run(
    `select from authorisations where token = any($1) and terminal = $2 and state = 'held' order by id for update`,
    [tokens, terminal],
  );

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
  { known, at }: { readonly known: KnownCards; readonly at: string },
): Promise<GatheredFacts> {
  const inPlace = isInPlace(record, terminal, one.sequence);
  const { card, number } = cardOf(context, one, record, known);
  const own = number === undefined ? {} : await factsOfCard(tx, context, terminal, record, number, at);
  const authorisation = await namedAuthorisation(tx, terminal, record);
  const load = authorisation && (await findLoad(tx, authorisation.id));
  const resolved = await resolvedBy(tx, terminal, record);
  const resolvedRecord = await recordResolvedBy(tx, terminal, record);
  return {
    inPlace,
    card,
    ...own,
    ...(authorisation && { authorisation }),
    ...(load && { load }),
    ...(resolved && { resolved }),
    ...(resolvedRecord && { resolvedRecord }),
  };
}

type Own = Omit<GatheredFacts, 'inPlace' | 'card'>;

/** What only the card's own keys can tell, and what it has moved. */
async function factsOfCard(
  tx: Transaction,
  context: HostContext,
  terminal: Terminal,
  record: Record,
  number: CardNumber,
  at: string,
): Promise<Own> {
  if (number.kind === 'serial') return factsOfPurse(tx, context, record, number.serial);
  const { pan } = number;
  const { card, chip } = record;
  if (card === undefined) return {};
  const { token, panSequence } = card;
  if (chip === undefined) {
    const moved = card.atc === undefined ? undefined : await movedBy(tx, { token, panSequence, atc: card.atc });
    return moved === undefined ? {} : { moved };
  }
  const spends = record.fundedBy === 'account' ? 'account' : 'chip';
  const seen = genuineCryptogram(context, { pan, token, panSequence }, chip, { spends, at });
  if (seen === undefined) return { cryptogram: 'wrong' };
  const moved = await noteCryptogram(tx, seen);
  const confirmation = confirmationOf(context, pan, record);
  const hold = moved === 'held' ? await holdOf(tx, terminal, seen) : undefined;
  return {
    cryptogram: 'genuine',
    seen,
    ...(moved && { moved }),
    ...(confirmation && { confirmation }),
    ...(hold && { hold }),
    ...(isDeferred(record) && moved === undefined && (await accountFacts(tx, context, record))),
  };
}

/** Approved on trust: without the host, by a cryptogram that asks for it. */
const isDeferred = ({ kind, outcome, offline, fundedBy, authorisationId, chip }: Record): boolean =>
  kind === 'purchase' &&
  outcome === 'approved' &&
  offline &&
  fundedBy === 'account' &&
  authorisationId === undefined &&
  chip?.cryptogramType === 'arqc';

/** The account as it stands now; only whether the card had expired is asked of the day on which it was used. */
async function accountFacts(
  tx: Transaction,
  { log }: HostContext,
  { card: named, amountMinor, at }: Record,
): Promise<Pick<Facts, 'accountRefuses'>> {
  const card = named && (await lockCard(tx, named.token));
  if (card === undefined) return {};
  const refusal = statusFault(card, at.slice(0, 10));
  if (refusal !== undefined) log.info({ token: card.token, refusal }, 'a deferred authorisation is refused');
  const lacks = amountMinor > card.balanceMinor - card.heldMinor;
  const accountRefuses = refusal ?? (lacks ? 'insufficient-funds' : undefined);
  return accountRefuses === undefined ? {} : { accountRefuses };
}

async function factsOfPurse(tx: Transaction, { hsm }: HostContext, record: Record, serial: PurseSerial): Promise<Own> {
  const { purse, card, amountMinor } = record;
  const transaction = purseOf(record);
  if (purse === undefined || card === undefined || transaction === undefined) return {};
  const { balanceBeforeMinor } = card;
  const balance = balanceBeforeMinor === undefined ? {} : { balanceBeforeMinor };
  const transactionCode = hsm.checkPurse({ serial, purse, amountMinor, ...balance });
  const moved = await purseMovedBy(tx, transaction);
  return { transactionCode, ...(moved && { moved }) };
}

export const isInPlace = (record: Record, { terminal, epoch, merchant }: Terminal, sequence: number): boolean =>
  record.terminal === terminal &&
  record.epoch === epoch &&
  record.sequence === sequence &&
  record.merchant === merchant;

type CardNumber =
  | { readonly kind: 'pan'; readonly pan: Pan }
  | { readonly kind: 'serial'; readonly serial: PurseSerial };

/**
 * Whose card it is. The number is there only when the card is known. A record that comes without it, as from a terminal's archive,
 * has the host's own: its cryptogram proves the rest.
 */
export function cardOf(
  { hsm }: HostContext,
  one: ChainedRecord,
  { card, purse }: Record,
  known: KnownCards,
): { readonly card: Facts['card']; readonly number?: CardNumber } {
  const sealedPan = one.sealedPan ?? (card && known.get(card.token));
  if (card === undefined || sealedPan === undefined) return { card: 'pan-missing' };
  const number = purse === undefined ? panOf(hsm, sealedPan, card.token) : serialOf(hsm, sealedPan, card.token);
  if (number === undefined) return { card: 'pan-mismatch' };
  return known.has(card.token) ? { card: 'known', number } : { card: 'unknown' };
}

function panOf(hsm: HostContext['hsm'], sealed: string, token: string): CardNumber | undefined {
  const pan = hsm.openPan(sealed, token);
  return pan && { kind: 'pan', pan };
}

function serialOf(hsm: HostContext['hsm'], sealed: string, token: string): CardNumber | undefined {
  const serial = hsm.openPurseSerial(sealed, token);
  return serial && { kind: 'serial', serial };
}

async function namedAuthorisation(
  tx: Transaction,
  { terminal }: Terminal,
  { authorisationId }: Record,
): Promise<GatheredFacts['authorisation']> {
  const number = numberOfAuthorisation(authorisationId);
  if (number === undefined) return undefined;
  const found = await tx.first(authorisationRow, `${SELECT} where number = $1 and terminal = $2 and state <> 'void'`, [
    number,
    terminal,
  ]);
  return found && fromRow(found);
}

const SELECT = 'select id, state, amount_minor, token, pan_sequence, atc, cryptogram from authorisations';

function fromRow(row: z.output<typeof authorisationRow>): NamedAuthorisation & { readonly id: string } {
  const { amount_minor: amountMinor, pan_sequence: panSequence, id, state, token, atc, cryptogram } = row;
  return { id, state, amountMinor, token, panSequence, atc, cryptogram };
}

/** What is held on the account for this transaction of a chip, by an authorisation of this terminal. */
export async function holdOf(
  tx: Transaction,
  { terminal }: Pick<Terminal, 'terminal'>,
  { token, panSequence, atc }: ChipTransaction,
): Promise<GatheredFacts['hold']> {
  const found = await tx.first(
    authorisationRow,
    `${SELECT} where token = $1 and pan_sequence = $2 and atc = $3 and terminal = $4 and state = 'held'
       and purpose is distinct from 'load'`,
    [token, panSequence, atc, terminal],
  );
  return found && fromRow(found);
}

const resolvedBy = async (tx: Transaction, { terminal, epoch }: Terminal, { resolvesSequence }: Record) =>
  resolvesSequence === undefined ? undefined : findUndecided(tx, { terminal, epoch, sequence: resolvesSequence });

const undecidedRow = z.object({ canonical: z.instanceof(Uint8Array) });

/** The undecided record that a load or a purse's record settles: they have no row among the undecided payments. */
async function recordResolvedBy(
  tx: Transaction,
  { terminal, epoch }: Terminal,
  { resolvesSequence }: Record,
): Promise<Facts['resolvedRecord']> {
  if (resolvesSequence === undefined) return undefined;
  const found = await tx.first(
    undecidedRow,
    `select canonical from records
     where terminal = $1 and epoch = $2 and sequence = $3 and outcome = 'undecided' and verdict = 'accepted'`,
    [terminal, epoch, resolvesSequence],
  );
  const parsed = found && parseRecord(found.canonical);
  if (parsed?.kind !== 'record' || parsed.record.card === undefined) return undefined;
  const { kind, amountMinor, card } = parsed.record;
  return { kind, amountMinor, token: card.token };
}
