import type { Record } from '../../clearing/contract/record/index.ts';
import type { CentreBook, TerminalBook } from './books.ts';
import { SHOPPING_CARDS, type Sold } from './sell.ts';

/** What the three who keep a book say after the storm. */
export interface Aftermath {
  readonly sold: readonly Sold[];
  /** What each chip held, fen, before and after. */
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly terminal: TerminalBook;
  readonly centre: CentreBook;
}

const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** What does not agree, in words; nothing is left out, and nothing is only a sum. */
export function disagreements(all: Aftermath): readonly string[] {
  return [...chips(all), ...payments(all), ...records(all), ...movements(all), ...books(all)];
}

/** Each chip has lost what its payments say that it was charged. */
function* chips({ sold, before, after }: Aftermath): Generator<string> {
  for (const card of SHOPPING_CARDS) {
    const lost = (before.get(card) ?? 0) - (after.get(card) ?? 0);
    const charged = sumOf(
      sold
        .filter((one) => one.card === card && one.payment.debited === 'chip')
        .map(({ payment }) => payment.amountMinor),
    );
    if (lost !== charged) yield `the chip of ${card} has lost ${lost} fen, its payments say ${charged}`;
  }
}

/** Each approved payment is one record that says the same. */
function* payments({ sold, terminal }: Aftermath): Generator<string> {
  const byPayment = new Map(terminal.records.map(({ record }) => [record.paymentId, record]));
  if (byPayment.size !== terminal.records.length) yield 'two records are of one payment';
  for (const { card, payment } of sold) {
    const record = byPayment.get(payment.id);
    const [mine, its] = [wordsOfPayment(payment), record === undefined ? 'nothing' : wordsOfRecord(record)];
    const unrecorded = record === undefined && payment.debited === 'none' && payment.state !== 'approved';
    if (!unrecorded && mine !== its) yield `payment ${payment.id} of ${card} is ${mine}, its record is ${its}`;
  }
}

const wordsOfPayment = ({ state, debited, fundedBy = 'none', amountMinor }: Sold['payment']): string =>
  `${state === 'approved' ? 'approved' : 'not approved'}, ${debited} debited, from ${fundedBy}, ${amountMinor} fen`;
const wordsOfRecord = ({ outcome, debited, fundedBy, amountMinor }: Record): string =>
  `${outcome === 'approved' ? 'approved' : 'not approved'}, ${debited} debited, from ${fundedBy}, ${amountMinor} fen`;

/** The centre holds each record of the terminal, the same bytes in the same place, and accepts it. */
function* records({ terminal, centre }: Aftermath): Generator<string> {
  if (terminal.verification !== 'sound') yield `the terminal's queue: ${terminal.verification}`;
  const held = new Map(centre.records.map((row) => [row.sequence, row]));
  for (const [at, { record, hash, verdict }] of terminal.records.entries()) {
    const { sequence } = record;
    if (sequence !== at + 1) yield `record ${at + 1} is missing at the terminal`;
    const row = held.get(sequence);
    if (row?.hash !== hash)
      yield `record ${sequence} is ${row === undefined ? 'missing' : 'another one'} at the centre`;
    if (row?.verdict !== 'accepted' || verdict !== 'accepted')
      yield `record ${sequence}: ${row?.verdict} (${row?.reason}) at the centre, ${verdict} at the terminal`;
  }
  if (held.size !== terminal.records.length)
    yield `the centre holds ${held.size} records, the terminal ${terminal.records.length}`;
}

/** Each record has moved what it says, once. */
function* movements({ terminal, centre }: Aftermath): Generator<string> {
  const moved = new Map<number, string[]>();
  for (const { sequence, kind, amount } of centre.movements)
    moved.set(sequence, [...(moved.get(sequence) ?? []), `${kind} ${amount}`]);
  for (const { record } of terminal.records) {
    const expected = movementOf(record);
    const found = (moved.get(record.sequence) ?? []).join(', ');
    if (found !== expected) yield `record ${record.sequence} should have moved "${expected}", and moved "${found}"`;
  }
}

function movementOf({ outcome, fundedBy, debited, amountMinor }: Record): string {
  if (outcome === 'approved') return `${fundedBy === 'chip' ? 'chip' : 'account'}-purchase ${amountMinor}`;
  return outcome === 'declined-after-debit' && debited === 'chip' ? `give-back ${amountMinor}` : '';
}

/** Nothing is held, owed, in suspense or still to be sent, and the centre's own sums hold. */
function* books({ sold, terminal, centre }: Aftermath): Generator<string> {
  const { audit } = centre;
  yield* audit.faults;
  const charged = sumOf(
    sold.filter(({ payment }) => payment.debited === 'chip').map(({ payment }) => payment.amountMinor),
  );
  const approved = sumOf(
    sold.filter(({ payment }) => payment.state === 'approved').map(({ payment }) => payment.amountMinor),
  );
  if (audit.chipDebitsMinor !== charged)
    yield `chips paid ${charged} fen, the centre knows of ${audit.chipDebitsMinor}`;
  if (audit.merchantsMinor !== approved) yield `approved were ${approved} fen, merchants have ${audit.merchantsMinor}`;
  if (audit.heldMinor !== 0) yield `${audit.heldMinor} fen are still held on accounts`;
  if (audit.suspenseMinor !== 0) yield `${audit.suspenseMinor} fen are in suspense`;
  if (audit.undecidedOpen !== 0) yield `${audit.undecidedOpen} payments are undecided`;
  if (terminal.reversalsDue !== 0) yield `${terminal.reversalsDue} reversals are still due`;
  if (centre.settledRecords !== terminal.records.length) yield `only ${centre.settledRecords} records have settled`;
  for (const { kind, sequence, detail } of centre.incidents) yield `incident ${kind} at record ${sequence}: ${detail}`;
}
