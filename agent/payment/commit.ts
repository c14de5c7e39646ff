import { encodeRecord, type RecordKind } from '../../clearing/contract/record/index.ts';
import type { CommitOutcome } from '../../offline-queue/index.ts';
import { localTime } from '../clock.ts';
import { present } from '../present.ts';
import type { Ending } from './decide.ts';
import { reversalOfLoad } from './load-reversal.ts';
import type { Reason } from './reason.ts';
import { type RecordContext, type RecordFacts, recordDraft } from './record-draft.ts';
import type { Tools } from './tools.ts';

/** The payment that ends: the one in progress, or an earlier one whose card came by. */
export interface EndingOf {
  readonly id: string;
  readonly kind: string;
  readonly amountMinor: number;
  readonly reference: string;
  readonly reader?: string;
}

/** Commits how a payment ends, with its record and what becomes of its intent and its reversal, as one (design 4.2, 4.3). */
export async function commitEnding(
  ending: Ending,
  payment: EndingOf,
  intent: CommitOutcome['intent'],
  tools: Tools,
  step: 'outcome-committed' | 'intent-resolved' = 'outcome-committed',
): Promise<void> {
  const { state, detail, record: facts, pan, cancelReversal } = ending;
  const ofReversal = payment.kind === 'load' ? reversalOfLoad(ending, payment.id, tools.queue) : { cancelReversal };
  const record =
    facts && present({ draft: recordDraft(recordContext(payment, tools), fitting(facts, payment, tools)), pan });
  const breaker = record?.draft.outcome === 'declined' ? breakerOf(detail.reason) : undefined;
  if (breaker !== undefined) warnOf(breaker, payment, facts, tools);
  await tools.book.commit(
    present({ paymentId: payment.id, state, final: true, detail, record, intent, breaker, ...ofReversal }),
    step,
  );
}

/** A refusal that says so ends the day for the card, or for the terminal (agent/risk). */
const BREAKERS: { readonly [reason: string]: 'card' | 'terminal' } = {
  'card-day-limit': 'card',
  'terminal-day-limit': 'terminal',
} satisfies { readonly [R in Reason]?: 'card' | 'terminal' };

const breakerOf = (reason = ''): 'card' | 'terminal' | undefined =>
  Object.hasOwn(BREAKERS, reason) ? BREAKERS[reason] : undefined;

/** Once a refusal: whoever reads the log sees how often it was tried. */
function warnOf(breaker: 'card' | 'terminal', payment: EndingOf, facts: RecordFacts | undefined, tools: Tools): void {
  const { id: paymentId, amountMinor } = payment;
  const card = breaker === 'card' ? facts?.card?.pan.masked : undefined;
  tools.log.warn(
    present({ paymentId, breaker, amountMinor, card }),
    'the day’s breaker is open: no more without the host',
  );
}

/** A refusal of a card that tells nonsense is recorded without what it told: no money hangs on it. */
function fitting({ chip, ...rest }: RecordFacts, payment: EndingOf, tools: Tools): RecordFacts {
  const facts = chip ? { ...rest, chip } : rest;
  return facts.outcome !== 'declined' || isRecordable(facts, payment, tools) ? facts : rest;
}

/**
 * Would the record of this ending fit its form? What a card made the terminal say (a PDOL with lengths of its own) must
 * not turn out to have no record once the card has paid.
 */
export function isRecordable(facts: RecordFacts, payment: EndingOf, tools: Tools): boolean {
  try {
    const draft = recordDraft(recordContext(payment, tools), facts);
    encodeRecord({ ...draft, terminal: 'any', epoch: 1, sequence: 1 });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const recordKind = ({ kind }: EndingOf): RecordKind => (kind === 'load' ? 'load' : 'purchase');

/** Throws when the terminal is not enrolled: without an identity there is nobody who could have paid or been paid. */
function recordContext(payment: EndingOf, tools: Tools): RecordContext {
  const identity = tools.queue.identity.get();
  if (identity === undefined) throw new Error('an outcome cannot be recorded before the terminal is enrolled');
  const hotlist = tools.standing.hotlist();
  return present({
    payment: {
      id: payment.id,
      kind: recordKind(payment),
      amountMinor: payment.amountMinor,
      reference: payment.reference,
    },
    at: localTime(tools.clock.now(), tools.timeZone).rfc3339,
    merchant: identity.merchant,
    cardTokenKey: identity.cardTokenKey,
    hotlistVersion: hotlist.version,
    hotlistAgeS: hotlist.ageS,
    clock: tools.standing.clockState(),
    reader: payment.reader,
    software: tools.software,
  });
}
