import type { Outcome } from '../../../emv/kernel/index.ts';
import { type PursePurchaseOutcome, pursePurchase, runPurseStep, type SamUse } from '../../../emv/purse/index.ts';
import type { Tap } from '../tap.ts';
import type { Notebook } from '../tap-in-progress.ts';
import type { Tools } from '../tools.ts';
import type { PurseEnd } from './endings.ts';
import { lastTerminalSequence, noteSam, type PurseInProgress, purseHandlers } from './handlers.ts';
import { NOBODY } from './looking.ts';
import { applicationOf, type PurseTerms, samParametersOf } from './terms.ts';

/**
 * May the card be a purse? The kernel has ended without having seen a card of its own: so a card of PBOC is asked nothing more
 * for there being purses.
 */
export function mayBePurse(outcome: Outcome): boolean {
  if (outcome.kind === 'other-interface') return outcome.card === undefined;
  if (outcome.kind !== 'declined' || outcome.card !== undefined) return false;
  return outcome.reason !== 'card-blocked' && outcome.reason !== 'application-blocked';
}

/** Lets a purse pay, the first of the terminal's that the card has. Undefined: it has none of them. */
export async function payByPurse(tap: Tap, notes: Notebook, tools: Tools): Promise<PurseEnd | undefined> {
  for (const terms of tap.purses) {
    const outcome = await purchaseUnder(terms, tap, notes, tools);
    if (outcome.kind === 'declined' && outcome.reason === 'no-common-application') continue;
    report(outcome, tap);
    return { ...notes, purse: terms, outcome };
  }
  return undefined;
}

async function purchaseUnder(terms: PurseTerms, tap: Tap, notes: Notebook, tools: Tools) {
  const { sale, session, identity, input } = tap;
  const sam = await tools.sam.take(samParametersOf(terms));
  const last = sam && lastTerminalSequence(tools.queue, sam.serial);
  const inProgress: PurseInProgress = { sale, tools, session, identity, notes, terms, sam: sam ?? NOBODY };
  const step = pursePurchase({
    amount: sale.amount,
    date: input.date,
    time: input.time,
    application: applicationOf(terms),
    sam: samParametersOf(terms, last),
  });
  const outcome = await runPurseStep(step, purseHandlers(inProgress));
  // Also when nothing came of it: the next purchase must know the numbers that were used up.
  const use = samUseOf(outcome);
  if (use) noteSam(tools.queue, use);
  return outcome;
}

function samUseOf(outcome: PursePurchaseOutcome): SamUse | undefined {
  if (outcome.kind === 'approved') return outcome.debit.sam;
  if (outcome.kind !== 'declined') return undefined;
  return outcome.debited === 'chip' ? outcome.debit.sam : outcome.sam;
}

/** Evidence for whoever looks into a card, or a PSAM, that is not what it should be. */
function report(outcome: PursePurchaseOutcome, { sale }: Tap): void {
  const use = samUseOf(outcome);
  const numbers = use && { terminalSequence: use.terminalSequence, skipped: use.skipped };
  if (outcome.kind === 'declined' && outcome.finding !== undefined) {
    const { reason, debited, finding } = outcome;
    sale.log.error({ reason, debited, finding, ...numbers }, 'the purse or the PSAM is not what it should be');
  } else if (use?.skipped) {
    sale.log.warn(numbers, 'the PSAM has counted purchases that are not in the book');
  }
}
