import { cardToken } from '../../clearing/contract/record/index.ts';
import type { Handlers, HostAnswer, OnlineAnswer, Requests } from '../../emv/kernel/index.ts';
import { QueueError } from '../../offline-queue/index.ts';
import { localTime, utc } from '../clock.ts';
import { uuid } from '../random.ts';
import type { TrustRefusal } from '../risk/deferral.ts';
import { askRegister } from './ask-register.ts';
import { checkExceptionFile } from './card-debts.ts';
import { isRecordable } from './commit.ts';
import type { DayRefusal } from './decide.ts';
import { encodeReversal } from './reversal-content.ts';
import type { TapInProgress } from './tap-in-progress.ts';
import { undecided } from './undecided.ts';
import { verifyCardholder } from './verify-cardholder.ts';

type Ask<N extends keyof Requests> = Requests[N]['ask'];
type Answer<N extends keyof Requests> = Requests[N]['answer'];

/** Answers what the kernel asks during one tap. */
export function tapHandlers(tap: TapInProgress): Handlers {
  return {
    exchange: (question) => exchange(tap, question),
    'confirm-application': (question) => confirmApplication(tap, question),
    'save-intent': (question) => saveIntent(tap, question),
    'check-exception-file': ({ pan }) => checkExceptionFile(tap, pan),
    'check-offline-limits': ({ pan, amount }) =>
      tap.notes.debt === undefined
        ? tap.tools.standing.offline(amount, tap.floor, cardToken(tap.identity.cardTokenKey, pan))
        : { kind: 'refused', reason: 'debt' },
    'verify-cardholder': (question) => verifyCardholder(tap, question),
    'authorise-online': (question) => authoriseOnline(tap, question),
  };
}

async function exchange({ sale, session }: TapInProgress, { command }: Ask<'exchange'>): Promise<Answer<'exchange'>> {
  const answer = await session.exchange(command);
  if (answer.kind === 'torn') sale.log.info({ cause: answer.cause }, 'the card left');
  return answer;
}

/** A question that stood for too long is cancelled like one that the cashier has cancelled. */
async function confirmApplication(
  tap: TapInProgress,
  { applications: candidates }: Ask<'confirm-application'>,
): Promise<Answer<'confirm-application'>> {
  const told = await askRegister(tap, { kind: 'application', candidates });
  if (told.kind === 'application') return { kind: 'confirmed', index: told.index };
  return { kind: told.kind === 'torn' ? 'torn' : 'cancelled' };
}

/** What the queue refuses to take is refused before the debit (design 4.12). */
const refusedByQueue = (error: unknown): void => {
  if (!(error instanceof QueueError)) throw error;
};

async function saveIntent(tap: TapInProgress, { intent }: Ask<'save-intent'>): Promise<Answer<'save-intent'>> {
  const { sale, tools, notes } = tap;
  const { record } = undecided(intent, 'cancelled', tools.kernel);
  if (record === undefined || !isRecordable(record, sale, tools)) return { kind: 'refused', reason: 'card-error' };
  try {
    const content = tools.kernel.encodeIntent(intent);
    tools.queue.intents.save({ paymentId: sale.id, content, at: utc(tools.clock.now()) });
  } catch (error) {
    refusedByQueue(error);
    sale.log.error({ err: error }, 'the intent cannot be stored; the payment is refused before the debit');
    return { kind: 'refused', reason: 'storage-unavailable' };
  }
  notes.intentOpen = true;
  await tools.step('intent-saved', sale.id);
  return { kind: 'saved' };
}

async function authoriseOnline(tap: TapInProgress, question: Ask<'authorise-online'>): Promise<OnlineAnswer> {
  const { sale, tools, notes } = tap;
  try {
    if (sale.cancel.signal.aborted) {
      notes.cancelled = true;
      return { kind: 'no-answer' };
    }
    if (tap.deferring && !tools.standing.onlineCapable()) return defer(tap, question);
    tools.book.move(sale.id, { state: 'authorising' });
    const id = uuid(tools.random);
    const reversalId = question.purpose === 'verify-tc' ? undefined : await writeReversal(tap, id);
    const answer = await askHost(tap, id, question);
    if (reversalId !== undefined) notes.reversal = { id: reversalId, host: answer.kind };
    return answer;
  } catch (error) {
    refusedByQueue(error);
    sale.log.error({ err: error }, 'the reversal cannot be stored; the host is not asked');
    return { kind: 'declined', reason: 'storage-unavailable' };
  } finally {
    question.pin?.block.wipe();
  }
}

/** The host is away: the ARQC is approved on trust, or nobody can approve. Nothing was asked, so nothing is to be reversed. */
function defer({ sale, tools, identity, notes }: TapInProgress, question: Ask<'authorise-online'>): OnlineAnswer {
  if (question.purpose !== 'authorise') return { kind: 'no-answer' };
  const token = cardToken(identity.cardTokenKey, question.card.pan);
  const decision = tools.standing.deferral(sale.amount, { token, onlinePin: question.pin !== undefined });
  sale.log.info({ ...decision }, 'the host is away; may the ARQC be trusted?');
  if (decision.kind === 'allowed') return { kind: 'deferred' };
  if (isOfDay(decision.reason)) notes.distrust = decision.reason;
  return { kind: 'no-answer' };
}

const isOfDay = (reason: TrustRefusal): reason is DayRefusal => Object.hasOwn(OF_DAY, reason);
const OF_DAY = {
  'card-day-limit': true,
  'card-too-soon': true,
  'card-offline-limit': true,
  'terminal-day-limit': true,
} satisfies { readonly [reason in DayRefusal]: true };

async function askHost(tap: TapInProgress, id: string, question: Ask<'authorise-online'>): Promise<HostAnswer> {
  const { sale, tools, notes } = tap;
  const { signal } = sale.cancel;
  notes.hostAsked = true;
  const at = localTime(tools.clock.now(), tools.timeZone).rfc3339;
  const call = { ...question, id, paymentId: sale.id, amountMinor: sale.amount, at };
  const answer = await tools.host.authorise(call, signal);
  await tools.step('host-answered', sale.id);
  sale.log.info({ authorisation: id, purpose: question.purpose, answer: answer.kind }, 'host asked');
  if (!signal.aborted) return answer;
  // Cancelled while the host was asked: whatever it said, the reversal undoes it.
  notes.cancelled = true;
  return { kind: 'no-answer' };
}

/** Design 4.5: on disk before the request it would undo is sent. */
async function writeReversal({ sale, tools, notes }: TapInProgress, authorisation: string): Promise<string> {
  const id = uuid(tools.random);
  const at = utc(tools.clock.now());
  const content = encodeReversal({ id, authorisation, paymentId: sale.id, reason: 'not-completed', at });
  tools.queue.reversals.write({ id, paymentId: sale.id, content, at });
  notes.reversal = { id, host: 'no-answer' };
  await tools.step('reversal-written', sale.id);
  return id;
}
