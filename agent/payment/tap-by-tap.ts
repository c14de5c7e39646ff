import type { CardReader } from '../../drivers/index.ts';
import { afterBreakdown, insist } from './breakdown.ts';
import { type CardSession, cardSession } from './card-session.ts';
import type { CardArrival } from './card-watch.ts';
import { commitEnding } from './commit.ts';
import { OPERATIONS } from './operations.ts';
import { ownIntent } from './own-intent.ts';
import type { Reason } from './reason.ts';
import { probeIntents } from './recover.ts';
import { prepareTap } from './runner.ts';
import { type Beside, lookBeside } from './same-card.ts';
import type { Sale, Tools } from './tools.ts';
import { undecidedOf } from './undecided-of.ts';
import { waitForCard } from './wait-for-card.ts';

/**
 * What one tap came to. `again`: a card is awaited once more. `several`: so it is, and none of those that are there now counts.
 * `ended`: the payment is over, and told.
 */
type TapResult = 'again' | 'several' | 'ended';

/**
 * The story of one payment, whatever its kind, from the wait for a card to an outcome that is on disk and told. Taps follow
 * each other until one of them ends the payment, the cashier cancels, or no card comes in time.
 * @param after only a card that arrived after this arrival counts
 */
export async function tapByTap(sale: Sale, after: number, tools: Tools): Promise<void> {
  let arrival = after;
  for (;;) {
    const waited = await waitForCard(sale, arrival, tools);
    if (waited.kind === 'stopping') return;
    if (waited.kind !== 'card') return giveUp(sale, waited.kind, tools);
    const before = arrival;
    arrival = waited.card.presence.arrival;
    const others = () => tools.watch.others(waited.card.presence.arrival, before);
    const result = await tap(sale, { ...waited.card, others }, tools).catch((error: unknown) =>
      afterBreakdown(error, sale, tools),
    );
    if (result === 'ended') return;
    if (result === 'several') arrival = tools.watch.latestArrival();
  }
}

interface OneCard extends CardArrival {
  /** The cards that have come to other readers meanwhile. */
  readonly others: () => readonly CardArrival[];
}

async function tap(sale: Sale, { reader, presence, others }: OneCard, tools: Tools): Promise<TapResult> {
  await tools.step('card-arrived', sale.id);
  const channel = await presence.open();
  if (channel === undefined) return presentAgain(sale, presence.isHeldByAnother ? 'card-in-use' : undefined, tools);
  const tape = tools.traces.begin(sale.id);
  const departure = tools.watch.departure(presence.arrival);
  try {
    const session = tape.over(cardSession(channel, tools.limits, tools.clock.monotonic));
    return await useCard(sale, { session, reader, gone: departure.signal, others }, tools);
  } finally {
    departure.release();
    await channel.close();
    tape.end();
  }
}

interface CardAtHand extends Pick<OneCard, 'others'> {
  readonly session: CardSession;
  readonly reader: CardReader;
  readonly gone: AbortSignal;
}

async function useCard(sale: Sale, card: CardAtHand, tools: Tools): Promise<TapResult> {
  // While the payment waits for its own card it stays present-again until the card has shown that it is the one.
  if (!ownIntent(tools.queue, sale.id)) tools.book.move(sale.id, { state: 'card-present', detail: {} });
  await tools.step('card-present', sale.id);
  const operation = OPERATIONS[sale.kind];
  const prepared = prepareTap(sale, operation, card, tools);
  if (prepared === undefined) throw new Error('the terminal has lost its enrolment or its parameters');

  const probe = await probeIntents(prepared, tools);
  if (probe.kind === 'ended') return 'ended';
  if (probe.kind === 'present-again') return presentAgain(sale, probe.reason, tools);
  if (sale.cancel.signal.aborted) return 'again';
  // As late as can be: whatever may make the card pay comes now.
  const others = card.others();
  const beside = others.length === 0 ? 'same' : await lookBeside(prepared, others, tools);
  if (beside !== 'same') return notHere(sale, beside, tools);

  const { decision, intentOpen } = await operation.run(prepared, tools);
  if (decision.kind === 'present-again') return presentAgain(sale, decision.reason, tools);
  await commitEnding(decision, { ...sale, reader: card.reader.name }, intentOpen ? 'close' : undefined, tools);
  return 'ended';
}

function notHere(sale: Sale, beside: Exclude<Beside, 'same'>, tools: Tools): TapResult {
  if (beside === 'torn') return presentAgain(sale, undefined, tools);
  // It came after this one, and so is the next that is taken.
  if (beside === 'in-slot') return 'again';
  presentAgain(sale, 'several-cards', tools);
  return 'several';
}

/** Asks for a card once more: the same one when it may have paid, any other when not. */
function presentAgain(sale: Sale, why: Reason | undefined, tools: Tools): TapResult {
  const open = ownIntent(tools.queue, sale.id) !== undefined;
  const reason = why ?? (open ? 'torn' : 'transmission');
  tools.book.move(sale.id, { state: 'present-again', detail: { reason, debited: open ? 'unknown' : 'none' } });
  return 'again';
}

/** Nobody waits any longer: what was never charged is cancelled, what may have been charged is undecided (design 4.1). */
function giveUp(sale: Sale, why: 'cancelled' | 'timeout', tools: Tools): Promise<void> {
  return insist(sale, tools, () => {
    const stored = ownIntent(tools.queue, sale.id);
    if (stored === undefined) {
      const detail = { reason: why, debited: 'none' } as const;
      return commitEnding({ kind: 'ending', state: 'cancelled', detail }, sale, undefined, tools);
    }
    const { ending, readable } = undecidedOf(stored.content, why, tools.kernel);
    // An intent that cannot be read will never be told apart from another card's: nobody needs to look for it.
    return commitEnding(ending, sale, readable ? 'undecided' : 'close', tools);
  });
}
