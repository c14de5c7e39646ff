import { type Intent, type Recovery, runStep } from '../../emv/kernel/index.ts';
import type { StoredIntent } from '../../offline-queue/index.ts';
import { commitEnding } from './commit.ts';
import { decideDebited, type Ending } from './decide.ts';
import { foundLoaded, foundNotLoaded } from './load-endings.ts';
import { ENDED, endingOf, GO_ON, type Probe } from './probe.ts';
import { probePurse, purseLook } from './purse/recover.ts';
import { decodeStoredPurse } from './purse/stored-intent.ts';
import type { Reason } from './reason.ts';
import { rememberingSession } from './remembering-session.ts';
import { tapWorld } from './runner.ts';
import { interfaceOf, type Tap } from './tap.ts';
import type { Tools } from './tools.ts';
import { foundLater, loadOf, undecided } from './undecided.ts';

/** A pending intent and what the card in the field says about it. */
interface Found {
  readonly stored: StoredIntent;
  readonly intent: Intent;
  readonly recovery: Recovery;
  readonly hostAsked: boolean;
}

/**
 * Holds every pending intent against the card in the field, the payment's own first (design 4.1). Until it is known that
 * none of them is this card's, nothing is asked of it that would destroy the evidence.
 */
export async function probeIntents(tap: Tap, tools: Tools): Promise<Probe> {
  // Many intents, one card: what it has answered once is not asked again.
  let probed = { ...tap, session: rememberingSession(tap.session) };
  const look = purseLook(tap);
  for (const stored of tools.queue.intents.pending()) {
    const own = stored.paymentId === tap.sale.id;
    const purse = decodeStoredPurse(stored.content);
    if (purse) {
      const result = await probePurse(stored, purse, look, tap, tools);
      if (result.kind !== 'go-on') return result;
      // Another application may be selected now than is remembered.
      probed = { ...tap, session: rememberingSession(tap.session) };
      continue;
    }
    const intent = tools.kernel.decodeIntent(stored.content);
    if (intent === undefined) tap.sale.log.error({ intentOf: stored.paymentId }, 'an intent cannot be read');
    if (intent === undefined && !own) continue;
    if (intent === undefined) return closeUndecided(undefined, 'no-evidence', tap, tools);

    const found = await probe(stored, intent, probed, tools);
    const result = own ? await settleOwn(found, tap, tools) : await settleEarlier(found, tap, tools);
    if (result.kind !== 'go-on') return result;
  }
  return GO_ON;
}

async function probe(stored: StoredIntent, intent: Intent, tap: Tap, tools: Tools): Promise<Found> {
  const { handlers, notes } = tapWorld(tap, tools);
  const recovery = await runStep(tools.kernel.recover(intent, tap.input), handlers);
  await tools.step('intent-probed', tap.sale.id);
  const level = recovery.kind === 'other-card' ? 'debug' : 'info';
  tap.sale.log[level]({ intentOf: stored.paymentId, found: recovery.kind }, 'intent probed');
  return { stored, intent, recovery, hostAsked: notes.hostAsked };
}

/** The intent of the very payment in progress. */
async function settleOwn({ intent, recovery, hostAsked }: Found, tap: Tap, tools: Tools): Promise<Probe> {
  switch (recovery.kind) {
    case 'torn':
      return { kind: 'present-again', reason: 'torn' };
    case 'other-card':
      return { kind: 'present-again', reason: 'other-card' };
    case 'undecided':
      return closeUndecided(intent, recovery.why === 'moved-on' ? 'card-moved-on' : 'no-evidence', tap, tools);
    case 'not-debited': {
      const reopened = { paymentId: tap.sale.id, state: 'card-present', final: false, detail: {} };
      await tools.book.commit({ ...reopened, intent: 'close' }, 'intent-resolved');
      return GO_ON;
    }
    case 'loaded':
      return end(foundLoaded(loadOf(intent), recovery.card), tap, tools);
    case 'not-loaded': {
      // Not begun anew: what the host has granted must be taken back first, and that goes once the payment has ended.
      const card = tools.kernel.describeIntent(intent)?.card;
      const as = { state: 'declined', reason: 'not-loaded' } as const;
      return end(foundNotLoaded(loadOf(intent), card, as), tap, tools);
    }
    case 'debited':
      return end(decideDebited(recovery.outcome, { hostAsked, interface: interfaceOf(tap) }), tap, tools);
  }
}

/** Commits how the payment in progress ends, and closes its intent. */
async function end(ending: Ending, tap: Tap, tools: Tools): Promise<Probe> {
  await commitEnding(ending, endingOf(tap), 'close', tools);
  return ENDED;
}

const closeUndecided = (intent: Intent | undefined, why: Reason, tap: Tap, tools: Tools): Promise<Probe> =>
  end(undecided(intent, why, tools.kernel), tap, tools);

/** The intent of an earlier payment that was closed as undecided, and now may be decided after all. */
async function settleEarlier(found: Found, tap: Tap, tools: Tools): Promise<Probe> {
  const { recovery, stored } = found;
  if (recovery.kind === 'other-card') return GO_ON;
  if (recovery.kind === 'torn') return { kind: 'present-again', reason: 'transmission' };
  const earlier = tools.queue.payments.get(stored.paymentId);
  if (earlier === undefined) throw new Error(`the intent of ${stored.paymentId} has no payment`);
  if (recovery.kind === 'undecided') {
    // Nothing more can be learned here; the undecided record is with the centre, which sees the card's next ATC.
    const closed = { paymentId: earlier.id, state: earlier.state, final: true, detail: earlier.detail };
    await tools.book.commit({ ...closed, intent: 'close' }, 'intent-resolved');
    return GO_ON;
  }
  const ending = foundLater({ ...found, recovery, earlier, epoch: tap.identity.epoch, kernel: tools.kernel });
  await commitEnding(ending, { ...earlier, reader: tap.reader.name }, 'close', tools, 'intent-resolved');
  return GO_ON;
}
