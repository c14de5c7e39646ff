import { concludeDebit, debitInDoubt, debitOf, declinedAfterDebit } from './debit.ts';
import { gatherEvidence, judgeEvidence, seenOf } from './evidence.ts';
import type { PursePurchaseIntent } from './intent.ts';
import { openPurse } from './open-purse.ts';
import type { PurseRecovery } from './outcome.ts';
import type { PurseApplication } from './parameters.ts';
import type { PurseStep } from './requests.ts';
import { askVerdict } from './sam.ts';

/** Has the selected card paid this purchase? If so, it ends as it would have ended, as far as the PSAM still knows of it. */
export function* settleDebit(
  intent: PursePurchaseIntent,
  application: PurseApplication,
): PurseStep<Exclude<PurseRecovery, { kind: 'other-card' }>> {
  const doubt = debitInDoubt(intent, application);
  const evidence = yield* gatherEvidence(doubt);
  if (evidence === undefined) return { kind: 'torn' };
  const verdict = judgeEvidence(doubt, evidence);
  if (verdict === 'not-taken-place') return { kind: 'not-debited' };
  if (verdict !== 'taken-place') return { kind: 'undecided', why: verdict, seen: seenOf(evidence) };
  const { proof, balance } = evidence;
  if (typeof proof !== 'object') {
    const debit = debitOf(intent, undefined, balance);
    return { kind: 'debited', outcome: declinedAfterDebit('card-error', 'no-proof', debit) };
  }
  const outcome = concludeDebit(intent, proof, yield* askVerdict(proof.mac), balance);
  return { kind: 'debited', outcome };
}

/**
 * Holds an open intent of a purchase against the card in the field: is it that card, and has it paid? GET TRANSACTION PROVE
 * gives its MAC2 and TAC again, and the PSAM judges MAC2, if it has not been reset or asked anything since. Ask it nothing
 * while an intent is open.
 */
export function* recoverPursePurchase(
  intent: PursePurchaseIntent,
  application: PurseApplication,
): PurseStep<PurseRecovery> {
  const opened = yield* openPurse(application);
  if (opened.kind === 'torn') return { kind: 'torn' };
  if (opened.kind === 'declined' || !opened.card.serial.equals(intent.card.serial)) return { kind: 'other-card' };
  return yield* settleDebit(intent, application);
}
