import type { CardReply } from '../kernel/transceive.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import { fen, readUint } from '../values/index.ts';
import { readPurseBalance } from './balance.ts';
import type { PurseCard } from './card.ts';
import { verifyCardholder } from './cardholder-verification.ts';
import { creditForLoad, initialiseForLoad } from './commands.ts';
import { concludeCredit, LOAD_ANSWER_LENGTH, settleCredit } from './credit.ts';
import { OPEN, refuse, TORN } from './ending.ts';
import { take, toCard } from './exchange.ts';
import type { PurseLoadIntent } from './intent.ts';
import { openUsablePurse } from './open-purse.ts';
import type { PurseLoadOutcome, PurseReason } from './outcome.ts';
import { isPurseAmount, MAX_PURSE_FEN, PURSE_TYPE, type PurseLoadInput } from './parameters.ts';
import { ask, type LoadAnswer, type PurseStep } from './requests.ts';
import { reasonFor } from './status-words.ts';

const CODE_LENGTH = 4;

type Initialised =
  | { readonly kind: 'initialised'; readonly intent: PurseLoadIntent }
  | { readonly kind: 'refused'; readonly reason: PurseReason }
  | { readonly kind: 'torn' };

/** INITIALIZE FOR LOAD: balance 4 ‖ online number 2 ‖ key version 1 ‖ algorithm 1 ‖ random 4 ‖ MAC1 4. */
function* initialise({ application, amount, terminalId }: PurseLoadInput, card: PurseCard): PurseStep<Initialised> {
  const { purse, loadKeyIndex: keyIndex } = application;
  const command = initialiseForLoad({ purse, keyIndex, amount, terminalId });
  const got = take(yield* toCard(command), LOAD_ANSWER_LENGTH, 'card');
  if (got.kind !== 'data') return got;
  const { data } = got;
  const intent: PurseLoadIntent = {
    path: 'purse-load',
    card,
    type: PURSE_TYPE.load[purse],
    amount,
    balanceBefore: fen(readUint(data.subarray(0, 4))),
    onlineSequence: readUint(data.subarray(4, 6)),
    keyIndex,
    keyVersion: data[6] ?? 0,
    algorithm: data[7] ?? 0,
    random: data.slice(8, 12),
    mac1: data.slice(12),
    terminalId,
  };
  return { kind: 'initialised', intent };
}

/** After CREDIT: its TAC, or what the card shows of itself. */
function* conclude(
  { application }: PurseLoadInput,
  intent: PurseLoadIntent,
  authorisationId: string,
  reply: Exclude<CardReply, { kind: 'torn' }>,
): PurseStep<PurseLoadOutcome> {
  const withId = (outcome: Extract<PurseLoadOutcome, { kind: 'loaded' }>): PurseLoadOutcome => ({
    ...outcome,
    credit: { ...outcome.credit, authorisationId },
  });
  if (reply.kind === 'answered' && reply.sw === SUCCESS && reply.data.length === CODE_LENGTH) {
    const read = yield* readPurseBalance(application.purse);
    return withId(concludeCredit(intent, reply.data.slice(), read.kind === 'balance' ? read.balance : undefined));
  }
  const settled = yield* settleCredit(intent, application);
  if (settled.kind === 'credited') return withId(settled.outcome);
  if (settled.kind !== 'not-credited') return OPEN;
  const said = reply.kind === 'answered' && reply.sw !== SUCCESS ? reasonFor('card', reply.sw) : 'card-error';
  return { ...refuse(said, { card: intent.card }), authorisationId };
}

/** The host's answer as far as it can be used; a MAC2 of another length is none. */
function refusalOf(answer: LoadAnswer): PurseReason | undefined {
  if (answer.kind === 'declined') return answer.reason;
  return answer.kind === 'approved' && answer.mac2.length === CODE_LENGTH ? undefined : 'host-unreachable';
}

/**
 * One load of an ED or EP (圈存; JR/T 0025.2, purse): SELECT, file 15, PIN, INITIALIZE (MAC1), the intent, the host (MAC2),
 * CREDIT, TAC. The intent stands before the host is asked: from then on money may be between account and chip.
 */
export function* purseLoad(input: PurseLoadInput): PurseStep<PurseLoadOutcome> {
  const { application, amount } = input;
  if (!isPurseAmount(amount)) return refuse('transaction-limit');
  const opened = yield* openUsablePurse(application, input.date);
  if (opened.kind !== 'opened') return opened;
  const { card } = opened;
  const verified = yield* verifyCardholder(card, amount);
  if (verified.kind !== 'verified') return verified;
  const initialised = yield* initialise(input, card);
  if (initialised.kind === 'torn') return TORN;
  if (initialised.kind === 'refused') return refuse(initialised.reason, { card });
  const { intent } = initialised;
  if (intent.balanceBefore + amount > MAX_PURSE_FEN) return refuse('transaction-limit', { card });

  const saved = yield* ask('save-intent', { intent });
  if (saved.kind === 'refused') return refuse(saved.reason, { card });
  const answer = yield* ask('authorise-load', { load: intent });
  const refusal = refusalOf(answer);
  if (answer.kind !== 'approved') return refuse(refusal ?? 'host-unreachable', { card });
  const { authorisationId } = answer;
  if (refusal !== undefined) return { ...refuse(refusal, { card }), authorisationId };
  const reply = yield* toCard(creditForLoad(answer));
  return reply.kind === 'torn' ? OPEN : yield* conclude(input, intent, authorisationId, reply);
}
