import type { CardReply } from '../kernel/transceive.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import { type Fen, fen, readUint } from '../values/index.ts';
import { readPurseBalance } from './balance.ts';
import type { PurseCard } from './card.ts';
import { verifyCardholder } from './cardholder-verification.ts';
import { debitForPurchase, initialiseForPurchase } from './commands.ts';
import { concludeDebit, PURCHASE_ANSWER_LENGTH } from './debit.ts';
import { OPEN, refuse, TORN } from './ending.ts';
import { take, toCard } from './exchange.ts';
import type { PursePurchaseIntent } from './intent.ts';
import { openUsablePurse } from './open-purse.ts';
import type { PursePurchaseOutcome, PurseReason } from './outcome.ts';
import { isPurseAmount, PURSE_TYPE, type PursePurchaseInput } from './parameters.ts';
import { settleDebit } from './recover-purchase.ts';
import { ask, type PurseStep } from './requests.ts';
import { askMac1, askVerdict, openSam, type Sam } from './sam.ts';
import { reasonFor } from './status-words.ts';

const DEBIT_ANSWER_LENGTH = 8;

type Begun = Omit<PursePurchaseIntent, 'sam' | 'mac1'>;
type Initialised =
  | { readonly kind: 'initialised'; readonly begun: Begun }
  | { readonly kind: 'refused'; readonly reason: PurseReason }
  | { readonly kind: 'torn' };

/** INITIALIZE FOR PURCHASE: balance 4 ‖ offline number 2 ‖ overdraft 3 ‖ key version 1 ‖ algorithm 1 ‖ random 4. */
function* initialise(input: PursePurchaseInput, card: PurseCard, sam: Sam): PurseStep<Initialised> {
  const { application, amount, date, time } = input;
  const { purse, purchaseKeyIndex: keyIndex } = application;
  const command = initialiseForPurchase({ purse, keyIndex, amount, terminalId: sam.terminalId });
  const got = take(yield* toCard(command), PURCHASE_ANSWER_LENGTH, 'card');
  if (got.kind !== 'data') return got;
  const { data } = got;
  const begun: Begun = {
    path: 'purse-purchase',
    card,
    type: PURSE_TYPE.purchase[purse],
    amount,
    balanceBefore: fen(readUint(data.subarray(0, 4))),
    offlineSequence: readUint(data.subarray(4, 6)),
    overdraftLimit: fen(readUint(data.subarray(6, 9))),
    keyIndex,
    keyVersion: data[9] ?? 0,
    algorithm: data[10] ?? 0,
    random: data.slice(11),
    date,
    time,
  };
  return { kind: 'initialised', begun };
}

/** What speaks against the purchase before the PSAM counts for it. */
function* refusalBeforeMac1({ card, amount, balanceBefore }: Begun): PurseStep<PurseReason | undefined> {
  if (balanceBefore < amount) return 'insufficient-funds';
  const limits = yield* ask('check-offline-limits', { card, amount });
  return limits.kind === 'refused' ? limits.reason : undefined;
}

function* balanceNow(input: PursePurchaseInput): PurseStep<Fen | undefined> {
  const read = yield* readPurseBalance(input.application.purse);
  return read.kind === 'balance' ? read.balance : undefined;
}

/** After DEBIT: its codes go to the PSAM; an answer without them is held against what the card shows of itself. */
function* conclude(
  input: PursePurchaseInput,
  intent: PursePurchaseIntent,
  reply: Exclude<CardReply, { kind: 'torn' }>,
): PurseStep<PursePurchaseOutcome> {
  if (reply.kind === 'answered' && reply.sw === SUCCESS && reply.data.length === DEBIT_ANSWER_LENGTH) {
    const proof = { transactionCode: reply.data.slice(0, 4), mac: reply.data.slice(4) };
    const verdict = yield* askVerdict(proof.mac);
    return concludeDebit(intent, proof, verdict, yield* balanceNow(input));
  }
  const settled = yield* settleDebit(intent, input.application);
  if (settled.kind === 'debited') return settled.outcome;
  if (settled.kind !== 'not-debited') return OPEN;
  const { card, sam } = intent;
  const said = reply.kind === 'answered' && reply.sw !== SUCCESS ? reasonFor('card', reply.sw) : 'card-error';
  return refuse(said, { card, sam });
}

/**
 * One purchase from an ED or EP (JR/T 0025.2, purse), from the amount to the outcome: SELECT, file 15, PSAM, INITIALIZE, all
 * that can be refused, MAC1, the intent, DEBIT, the PSAM's verdict on MAC2. Approved is only what the PSAM has found genuine.
 */
export function* pursePurchase(input: PursePurchaseInput): PurseStep<PursePurchaseOutcome> {
  const { application, amount } = input;
  if (!isPurseAmount(amount)) return refuse('transaction-limit');
  const opened = yield* openUsablePurse(application, input.date);
  if (opened.kind !== 'opened') return opened;
  const { card } = opened;
  const sam = yield* openSam(input.sam);
  if (sam.kind === 'refused') return refuse(sam.reason, { card, ...(sam.finding && { finding: sam.finding }) });
  if (application.purse === 'ed') {
    const verified = yield* verifyCardholder(card, amount);
    if (verified.kind !== 'verified') return verified;
  }
  const initialised = yield* initialise(input, card, sam);
  if (initialised.kind === 'torn') return TORN;
  if (initialised.kind === 'refused') return refuse(initialised.reason, { card });
  const { begun } = initialised;
  const refusal = yield* refusalBeforeMac1(begun);
  if (refusal !== undefined) return refuse(refusal, { card });

  const asked = yield* askMac1(input.sam, sam, begun);
  if (asked.kind === 'refused') {
    const { reason, finding, use } = asked;
    return refuse(reason, { card, ...(finding && { finding }), ...(use && { sam: use }) });
  }
  const intent: PursePurchaseIntent = { ...begun, sam: asked.use, mac1: asked.mac1 };
  const saved = yield* ask('save-intent', { intent });
  if (saved.kind === 'refused') return refuse(saved.reason, { card, sam: intent.sam });
  const { terminalSequence } = intent.sam;
  const reply = yield* toCard(debitForPurchase({ ...intent, terminalSequence }));
  return reply.kind === 'torn' ? OPEN : yield* conclude(input, intent, reply);
}
