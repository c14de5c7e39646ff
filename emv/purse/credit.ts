import { equalBytes, type Fen, fen } from '../values/index.ts';
import { initialiseForLoad } from './commands.ts';
import { type Doubt, gatherEvidence, judgeEvidence, seenOf } from './evidence.ts';
import type { PurseLoadIntent } from './intent.ts';
import { openPurse } from './open-purse.ts';
import type { PurseCredit, PurseFinding, PurseLoadOutcome, PurseLoadRecovery } from './outcome.ts';
import type { PurseApplication } from './parameters.ts';
import type { PurseStep } from './requests.ts';

/** Length of the answer to INITIALIZE FOR LOAD. */
export const LOAD_ANSWER_LENGTH = 16;

function balanceAfterCredit({ balanceBefore, amount }: PurseLoadIntent): Fen {
  return fen(balanceBefore + amount);
}

/** What the card's own data must say if this load has taken place. Its moment is the host's and not known here. */
function creditInDoubt(intent: PurseLoadIntent, application: PurseApplication): Doubt {
  const { type, amount, onlineSequence, balanceBefore, keyIndex, terminalId } = intent;
  const numbers = [onlineSequence, (onlineSequence + 1) & 0xffff];
  return {
    application,
    type,
    sequence: onlineSequence,
    balanceBefore,
    balanceAfter: balanceAfterCredit(intent),
    isOurs: (entry) =>
      entry.type === type &&
      entry.amount === amount &&
      numbers.includes(entry.sequence) &&
      equalBytes(entry.terminalId, terminalId),
    initialise: initialiseForLoad({ purse: application.purse, keyIndex, amount: 0, terminalId }),
    initialisedLength: LOAD_ANSWER_LENGTH,
  };
}

/** A load that the card has taken; a balance that does not add up is said. */
export function concludeCredit(
  intent: PurseLoadIntent,
  transactionCode: Uint8Array | undefined,
  balanceSeen: Fen | undefined,
): Extract<PurseLoadOutcome, { kind: 'loaded' }> {
  const credit: PurseCredit = {
    ...intent,
    balanceAfter: balanceAfterCredit(intent),
    ...(transactionCode && { transactionCode }),
    ...(balanceSeen !== undefined && { balanceSeen }),
  };
  const addsUp = balanceSeen === undefined || balanceSeen === credit.balanceAfter;
  const finding: PurseFinding | undefined = !transactionCode ? 'no-proof' : addsUp ? undefined : 'balance-mismatch';
  return { kind: 'loaded', credit, ...(finding && { finding }) };
}

/** Has the selected card taken this load? */
export function* settleCredit(
  intent: PurseLoadIntent,
  application: PurseApplication,
): PurseStep<Exclude<PurseLoadRecovery, { kind: 'other-card' }>> {
  const doubt = creditInDoubt(intent, application);
  const evidence = yield* gatherEvidence(doubt);
  if (evidence === undefined) return { kind: 'torn' };
  const verdict = judgeEvidence(doubt, evidence);
  if (verdict === 'not-taken-place') return { kind: 'not-credited' };
  if (verdict !== 'taken-place') return { kind: 'undecided', why: verdict, seen: seenOf(evidence) };
  const { proof, balance } = evidence;
  const transactionCode = typeof proof === 'object' ? proof.transactionCode : undefined;
  return { kind: 'credited', outcome: concludeCredit(intent, transactionCode, balance) };
}

/**
 * Holds an open intent of a load against the card in the field: is it that card, and has it taken the amount? Where it has not,
 * the load is reversed; where it has, the host gets the TAC. No PIN is asked: a card that wants one before it tells its online
 * number leaves more undecided.
 */
export function* recoverPurseLoad(
  intent: PurseLoadIntent,
  application: PurseApplication,
): PurseStep<PurseLoadRecovery> {
  const opened = yield* openPurse(application);
  if (opened.kind === 'torn') return { kind: 'torn' };
  if (opened.kind === 'declined' || !opened.card.serial.equals(intent.card.serial)) return { kind: 'other-card' };
  return yield* settleCredit(intent, application);
}
