import { readRecord } from '../apdu/index.ts';
import { isBitSet } from '../dictionary/index.ts';
import { parseAfl, type ReadingPlan } from './afl.ts';
import { chooseVerification, explainVerification } from './cardholder-verification.ts';
import { concludeDebit } from './conclude-debit.ts';
import { type Ended, otherInterface } from './ending.ts';
import { isOnExceptionFile } from './exception-file.ts';
import { SECTION } from './explain.ts';
import type { QpbocIntent, ReadRecord } from './intent.ts';

import { concludeKeptBack, isRecord } from './kept-back-record.ts';
import type { DeclineReason, Outcome } from './outcome.ts';
import { prepareDebit, type Unprepared } from './prepare-debit.ts';
import { readApplicationData } from './read-application-data.ts';
import { ask, type Step } from './requests.ts';
import { cardSeen, hasExpired, panSequence, refuse, type Tap, ttqOf } from './tap.ts';
import { transceive } from './transceive.ts';

/** What speaks against this payment before a record is read: the track's expiry, exception file, limits. */
function* refusalBeforeReading(tap: Tap): Step<DeclineReason | undefined> {
  // An online cryptogram was required: a card that approves all the same has not listened.
  if (isBitSet(ttqOf(tap), 2, 8)) return 'card-error';
  const verification = chooseVerification(tap);
  if (tap.input.explain) explainVerification(tap, verification);
  if (verification.kind === 'refused') return verification.reason;
  if (hasExpired(tap)) return 'expired';
  if (yield* isOnExceptionFile(tap)) return 'hotlisted';
  const { pan } = tap.answer;
  const limits = yield* ask('check-offline-limits', { pan, panSequence: panSequence(tap), amount: tap.amount });
  return limits.kind === 'refused' ? limits.reason : undefined;
}

function refuseUnprepared(tap: Tap, { reason, authentication }: Unprepared): Ended {
  const { ctq } = tap.answer;
  const elsewhere = authentication && ctq !== undefined && isBitSet(ctq, 1, 5) && tap.input.terminal.contactInterface;
  return elsewhere ? otherInterface(tap.input.terminal, reason, cardSeen(tap)) : refuse(tap, reason);
}

function intentOf(tap: Tap, records: readonly ReadRecord[], afl: Uint8Array): QpbocIntent {
  const { application, answer, balanceBefore } = tap;
  return {
    path: 'qpboc',
    aid: application.aid,
    label: application.label,
    pan: answer.pan,
    panSequence: panSequence(tap),
    amount: tap.amount,
    atc: (answer.atc[0] ?? 0) * 256 + (answer.atc[1] ?? 0),
    ...(balanceBefore !== undefined && { balanceBefore }),
    fci: application.fci,
    pdolValues: tap.pdolValues,
    gpoAnswer: tap.gpoAnswer,
    afl,
    records,
  };
}

/** Reads all records but the last and judges them; the exception file is asked again if they bring a sequence number. */
function* prepare(tap: Tap, plan: ReadingPlan): Step<ReturnType<typeof prepareDebit> | Ended> {
  const before = panSequence(tap);
  const read = yield* readApplicationData(plan.before);
  if (read.kind !== 'read') return read.kind === 'declined' ? refuse(tap, read.reason) : read;
  const prepared = prepareDebit(tap, plan, read.records);
  if (prepared.kind === 'refused' || panSequence(tap) === before) return prepared;
  return (yield* isOnExceptionFile(tap)) ? refuse(tap, 'hotlisted') : prepared;
}

function preparedText(prepared: ReturnType<typeof prepareDebit> | Ended): string {
  if (prepared.kind === 'prepared') return 'read, and right as far as they can be judged';
  return 'reason' in prepared ? prepared.reason : prepared.kind;
}

/**
 * The card approves offline (JR/T 0025.12-2013 §7.7, §7.8): it pays the moment its last record is read. So everything
 * is judged before, the intent is made durable, and only then that record is asked for.
 */
export function* approveOffline(tap: Tap): Step<Outcome> {
  const { explain } = tap.input;
  const refusal = yield* refusalBeforeReading(tap);
  explain?.({
    section: SECTION.outcome,
    text: `Checks before a record is read: ${refusal ?? 'nothing speaks against it'}`,
  });
  if (refusal !== undefined) return refuse(tap, refusal);
  const afl = tap.answer.afl ?? new Uint8Array();
  const plan = parseAfl(afl);
  if (plan === undefined) return refuse(tap, 'card-error');
  const prepared = yield* prepare(tap, plan);
  explain?.({ section: SECTION.reading, text: `All records but the last: ${preparedText(prepared)}` });
  if (prepared.kind === 'refused') return refuseUnprepared(tap, prepared);
  if (prepared.kind !== 'prepared') return prepared;
  const intent = intentOf(tap, prepared.records, afl);
  const saved = yield* ask('save-intent', { intent });
  explain?.({ section: SECTION.recovery, text: `The intent is ${saved.kind}; the last record makes the card pay` });
  if (saved.kind === 'refused') return refuse(tap, saved.reason);
  const reply = yield* transceive(readRecord(plan.last.sfi, plan.last.record));
  if (reply.kind === 'torn') return { kind: 'torn', at: 'after-intent' };
  return isRecord(reply) ? yield* concludeDebit(prepared, reply) : yield* concludeKeptBack(prepared, intent, reply);
}
