import { readRecord } from '../apdu/index.ts';
import { isBitSet, TAG } from '../dictionary/index.ts';
import { parseTlv } from '../tlv/index.ts';
import { parseAfl, type ReadingPlan } from './afl.ts';
import { chooseVerification } from './cardholder-verification.ts';
import { concludeDebit } from './conclude-debit.ts';
import { declined, type Ended, otherInterface } from './ending.ts';
import { judgeEvidence } from './evidence.ts';
import { isOnExceptionFile } from './exception-file.ts';
import { readAtc, readBalance } from './get-data.ts';
import type { Intent, ReadRecord } from './intent.ts';
import type { DeclineReason, Outcome } from './outcome.ts';
import { type PreparedDebit, prepareDebit, type Unprepared } from './prepare-debit.ts';
import { readApplicationData } from './read-application-data.ts';
import { ask, type Step } from './requests.ts';
import { cardSeen, chipData, hasExpired, panSequence, type Tap, ttqOf } from './tap.ts';
import { type CardReply, SUCCESS, transceive } from './transceive.ts';

const refuse = (tap: Tap, reason: DeclineReason): Ended => declined(reason, cardSeen(tap), chipData(tap));

/** What speaks against this payment before a record is read: the track's expiry, exception file, limits. */
function* refusalBeforeReading(tap: Tap): Step<DeclineReason | undefined> {
  // An online cryptogram was required: a card that approves all the same has not listened.
  if (isBitSet(ttqOf(tap), 2, 8)) return 'card-error';
  const verification = chooseVerification(tap);
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

function intentOf(tap: Tap, records: readonly ReadRecord[], afl: Uint8Array): Intent {
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

/** A record is one whole template 70 (EMV Book 3 §10.2), whatever is in it. */
function isRecord(reply: CardReply): boolean {
  if (reply.kind !== 'answered' || reply.sw !== SUCCESS) return false;
  const parsed = parseTlv(reply.data);
  return parsed.kind === 'parsed' && parsed.nodes.length === 1 && parsed.nodes[0]?.tag === TAG.record;
}

/**
 * The card has kept its last record back. It pays only when that is read, so it may have paid or not: its counter and
 * balance say (annex F), while it is still there. What they leave open stays an open intent, never a guess.
 */
function* concludeKeptBack(
  prepared: PreparedDebit,
  intent: Intent,
  reply: Exclude<CardReply, { kind: 'torn' }>,
): Step<Outcome> {
  const torn = { kind: 'torn', at: 'after-intent' } as const;
  const atc = yield* readAtc();
  if (atc.kind === 'torn') return torn;
  const balance = yield* readBalance();
  if (balance.kind === 'torn') return torn;
  const verdict = judgeEvidence(intent, { atc: atc.value, balance: balance.value });
  if (verdict === 'not-debited') return refuse(prepared.tap, 'card-error');
  return verdict === 'debited' ? yield* concludeDebit(prepared, reply) : torn;
}

/**
 * The card approves offline (JR/T 0025.12-2013 §7.7, §7.8): it pays the moment its last record is read. So everything
 * is judged before, the intent is made durable, and only then that record is asked for.
 */
export function* approveOffline(tap: Tap): Step<Outcome> {
  const refusal = yield* refusalBeforeReading(tap);
  if (refusal !== undefined) return refuse(tap, refusal);
  const afl = tap.answer.afl ?? new Uint8Array();
  const plan = parseAfl(afl);
  if (plan === undefined) return refuse(tap, 'card-error');
  const prepared = yield* prepare(tap, plan);
  if (prepared.kind === 'refused') return refuseUnprepared(tap, prepared);
  if (prepared.kind !== 'prepared') return prepared;
  const intent = intentOf(tap, prepared.records, afl);
  const saved = yield* ask('save-intent', { intent });
  if (saved.kind === 'refused') return refuse(tap, saved.reason);
  const reply = yield* transceive(readRecord(plan.last.sfi, plan.last.record));
  if (reply.kind === 'torn') return { kind: 'torn', at: 'after-intent' };
  return isRecord(reply) ? yield* concludeDebit(prepared, reply) : yield* concludeKeptBack(prepared, intent, reply);
}
