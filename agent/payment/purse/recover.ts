import {
  openPurse,
  type PurseCard,
  type PurseRecovery,
  recoverPursePurchase,
  runPurseStep,
} from '../../../emv/purse/index.ts';
import type { StoredIntent } from '../../../offline-queue/index.ts';
import { commitEnding } from '../commit.ts';
import { ENDED, endingOf, GO_ON, type Probe } from '../probe.ts';
import { interfaceOf, type Tap } from '../tap.ts';
import type { Tools } from '../tools.ts';
import { decidePurseDebited, purseFoundLater, undecidedPurse } from './endings.ts';
import { lookingAt } from './looking.ts';
import type { StoredPurseIntent } from './stored-intent.ts';
import { applicationOf, type PurseTerms } from './terms.ts';

/** Which purses the card in the field has: many intents, one card, and it is asked once. */
export interface PurseLook {
  /** Whose purse this is; undefined: the card has none of this kind. */
  at(terms: PurseTerms): Promise<PurseCard | 'torn' | undefined>;
}

export function purseLook({ session }: Tap): PurseLook {
  const seen = new Map<string, PurseCard | undefined>();
  return {
    async at(terms) {
      const application = applicationOf(terms);
      const key = application.path.join(' ');
      if (seen.has(key)) return seen.get(key);
      const opened = await runPurseStep(openPurse(application), lookingAt({ card: session }));
      if (opened.kind === 'torn') return 'torn';
      const card = opened.kind === 'opened' ? opened.card : undefined;
      seen.set(key, card);
      return card;
    },
  };
}

/** Holds the intent of a purse against the card in the field (design 4.1). */
export async function probePurse(
  kept: StoredIntent,
  stored: StoredPurseIntent,
  look: PurseLook,
  tap: Tap,
  tools: Tools,
): Promise<Probe> {
  const recovery = await recoverWith(stored, look, tap, tools);
  await tools.step('intent-probed', tap.sale.id);
  const level = recovery.kind === 'other-card' ? 'debug' : 'info';
  tap.sale.log[level]({ intentOf: kept.paymentId, found: recovery.kind }, 'intent of a purse probed');
  if (kept.paymentId === tap.sale.id) return settleOwn(stored, recovery, tap, tools);
  return settleEarlier(kept, stored, recovery, tap, tools);
}

async function recoverWith(
  { intent, terms }: StoredPurseIntent,
  look: PurseLook,
  { session }: Tap,
  tools: Tools,
): Promise<PurseRecovery> {
  const card = await look.at(terms);
  if (card === 'torn') return { kind: 'torn' };
  if (card === undefined || !card.serial.equals(intent.card.serial)) return { kind: 'other-card' };
  const step = recoverPursePurchase(intent, applicationOf(terms));
  return runPurseStep(step, lookingAt({ card: session, sam: tools.sam.judgeOf(intent.sam) }));
}

/** The intent of the very payment in progress. */
async function settleOwn(stored: StoredPurseIntent, recovery: PurseRecovery, tap: Tap, tools: Tools): Promise<Probe> {
  switch (recovery.kind) {
    case 'torn':
    case 'other-card':
      return { kind: 'present-again', reason: recovery.kind };
    case 'undecided': {
      const why = recovery.why === 'moved-on' ? 'card-moved-on' : 'no-evidence';
      await commitEnding(undecidedPurse(stored, why), endingOf(tap), 'close', tools);
      return ENDED;
    }
    case 'not-debited': {
      const reopened = { paymentId: tap.sale.id, state: 'card-present', final: false, detail: {} };
      await tools.book.commit({ ...reopened, intent: 'close' }, 'intent-resolved');
      return GO_ON;
    }
    case 'debited': {
      const ending = decidePurseDebited(recovery.outcome, stored.terms, { interface: interfaceOf(tap) });
      await commitEnding(ending, endingOf(tap), 'close', tools);
      return ENDED;
    }
  }
}

/** The intent of an earlier payment that was closed as undecided, and now may be decided after all. */
async function settleEarlier(
  kept: StoredIntent,
  stored: StoredPurseIntent,
  recovery: PurseRecovery,
  tap: Tap,
  tools: Tools,
): Promise<Probe> {
  if (recovery.kind === 'other-card') return GO_ON;
  if (recovery.kind === 'torn') return { kind: 'present-again', reason: 'transmission' };
  const earlier = tools.queue.payments.get(kept.paymentId);
  if (earlier === undefined) throw new Error(`the intent of ${kept.paymentId} has no payment`);
  if (recovery.kind === 'undecided') {
    // Nothing more can be learned here; the undecided record is with the centre.
    const closed = { paymentId: earlier.id, state: earlier.state, final: true, detail: earlier.detail };
    await tools.book.commit({ ...closed, intent: 'close' }, 'intent-resolved');
    return GO_ON;
  }
  const found = { earlier, kept, stored, recovery, epoch: tap.identity.epoch, interface: interfaceOf(tap) };
  await commitEnding(
    purseFoundLater(found),
    { ...earlier, reader: tap.reader.name },
    'close',
    tools,
    'intent-resolved',
  );
  return GO_ON;
}
