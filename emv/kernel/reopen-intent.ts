import { TAG } from '../dictionary/index.ts';
import { parseAmount, readUint } from '../values/index.ts';
import { cardOf } from './debit-credit/recover.ts';
import { isQpboc, parseFci } from './fci.ts';
import { parseGpoAnswer } from './gpo-answer.ts';
import type { Intent, QpbocIntent } from './intent.ts';
import type { CardSeen, ChipData } from './outcome.ts';
import { takeRecord } from './read-application-data.ts';
import { cardSeen, chipData, type Exchanged, exchanged, toldValue } from './tap.ts';

/** Does the intent say of the card and of the amount what its own evidence says? One that does not decides nothing. */
function agrees(intent: QpbocIntent, facts: Exchanged): boolean {
  const { pan, atc } = facts.answer;
  return (
    intent.pan.equals(pan) &&
    readUint(atc) === intent.atc &&
    parseAmount(toldValue(facts, TAG.amountAuthorised)) === intent.amount
  );
}

/** What the payment of an intent rests on, without its records; undefined when the intent is none of this kernel's. */
export function reopenIntent(intent: QpbocIntent): Exchanged | undefined {
  const { amount, pdolValues, gpoAnswer, balanceBefore } = intent;
  const fci = parseFci(intent.fci);
  const parsed = parseGpoAnswer(gpoAnswer);
  if (fci.kind !== 'application' || !isQpboc(fci.application) || parsed.kind !== 'qpboc') return undefined;
  const { application } = fci;
  const facts = exchanged({ application, amount, pdolValues, gpoAnswer, answer: parsed.answer, balanceBefore });
  return facts && agrees(intent, facts) ? facts : undefined;
}

/**
 * Card and TC as an intent has them: for the record of a payment that stays undecided. An intent of full debit/credit has no
 * cryptogram: it was written before the card was asked for one.
 */
export function describeIntent(intent: Intent): { readonly card: CardSeen; readonly chip?: ChipData } | undefined {
  if (intent.path !== 'qpboc') {
    const card = cardOf(intent);
    return card && { card };
  }
  const facts = reopenIntent(intent);
  if (facts === undefined) return undefined;
  for (const { data } of intent.records) takeRecord(facts, data);
  return { card: cardSeen(facts), chip: chipData(facts) };
}
