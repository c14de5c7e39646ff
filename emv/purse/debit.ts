import { compareDates, equalBytes, type Fen, fen, timeBytes } from '../values/index.ts';
import { initialiseForPurchase } from './commands.ts';
import type { Doubt, Proof } from './evidence.ts';
import type { PursePurchaseIntent } from './intent.ts';
import type { PurseLogEntry } from './log.ts';
import type { PurseApproved, PurseDebit, PurseDeclinedAfterDebit, PurseFinding, PurseReason } from './outcome.ts';
import type { PurseApplication } from './parameters.ts';
import type { SamVerdict } from './sam.ts';

/** Length of the answer to INITIALIZE FOR PURCHASE. */
export const PURCHASE_ANSWER_LENGTH = 15;
const VERDICTS = {
  wrong: { reason: 'not-genuine', finding: 'mac2-wrong' },
  none: { reason: 'sam-unavailable', finding: 'no-sam-verdict' },
} as const satisfies Record<string, { reason: PurseReason; finding: PurseFinding }>;

function balanceAfterDebit({ balanceBefore, amount }: PursePurchaseIntent): Fen {
  return fen(balanceBefore - amount);
}

/** Date and time as the card was told them. */
const sameMoment = (a: PurseLogEntry, b: PursePurchaseIntent): boolean =>
  compareDates(a.date, b.date) === 0 && equalBytes(timeBytes(a.time), timeBytes(b.time));

/** What the card's own data must say if this purchase has taken place. */
export function debitInDoubt(intent: PursePurchaseIntent, application: PurseApplication): Doubt {
  const { type, amount, offlineSequence, balanceBefore, keyIndex, sam } = intent;
  return {
    application,
    type,
    sequence: offlineSequence,
    balanceBefore,
    balanceAfter: balanceAfterDebit(intent),
    isOurs: (entry) =>
      entry.type === type &&
      entry.amount === amount &&
      equalBytes(entry.terminalId, sam.terminalId) &&
      sameMoment(entry, intent),
    initialise: initialiseForPurchase({
      purse: application.purse,
      keyIndex,
      amount: 0,
      terminalId: sam.terminalId,
    }),
    initialisedLength: PURCHASE_ANSWER_LENGTH,
  };
}

/** A purchase that the card has paid, with what it gave for it. */
export function debitOf(
  intent: PursePurchaseIntent,
  proof: Proof | undefined,
  balanceSeen: Fen | undefined,
): PurseDebit {
  return {
    ...intent,
    balanceAfter: balanceAfterDebit(intent),
    ...(proof && { transactionCode: proof.transactionCode, mac2: proof.mac }),
    ...(balanceSeen !== undefined && { balanceSeen }),
  };
}

export function declinedAfterDebit(
  reason: PurseReason,
  finding: PurseFinding,
  debit: PurseDebit,
): PurseDeclinedAfterDebit {
  return { kind: 'declined', reason, debited: 'chip', finding, debit };
}

/**
 * The card has paid. Approved is what the PSAM takes for genuine and what the balance, where it is seen, does not contradict;
 * everything else is declined after debit, with the TAC by which the centre decides.
 */
export function concludeDebit(
  intent: PursePurchaseIntent,
  proof: Proof,
  verdict: SamVerdict,
  balanceSeen: Fen | undefined,
): PurseApproved | PurseDeclinedAfterDebit {
  const debit = debitOf(intent, proof, balanceSeen);
  if (verdict !== 'genuine') return declinedAfterDebit(VERDICTS[verdict].reason, VERDICTS[verdict].finding, debit);
  if (balanceSeen !== undefined && balanceSeen !== debit.balanceAfter) {
    return declinedAfterDebit('card-error', 'balance-mismatch', debit);
  }
  return { kind: 'approved', debit };
}
