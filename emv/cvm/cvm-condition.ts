import { isAttended } from '../debit-credit/terminal-type.ts';
import { hasCashback, isCash, type TransactionKind } from '../debit-credit/transaction-type.ts';
import { TAG } from '../dictionary/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import { equalBytes, type Fen } from '../values/index.ts';
import type { CvmList, CvmRule } from './cvm-list.ts';
import { type CvmTerminal, cvmMethod, isSupported } from './cvm-method.ts';

/** The transaction as the conditions see it. */
export interface CvmFacts extends CvmTerminal, TransactionKind {
  /** 9F02, cashback included. */
  readonly amount: Fen;
  /** 5F2A, 2 bytes. */
  readonly currencyCode: Uint8Array;
}

interface Situation {
  readonly card: DataObjects;
  readonly facts: CvmFacts;
  readonly list: Extract<CvmList, { kind: 'list' }>;
  readonly rule: CvmRule;
}

type Condition = (situation: Situation) => boolean;

/** A card that does not tell its currency (9F42) has none in common with the transaction. */
function inApplicationCurrency({ card, facts }: Situation): boolean {
  const currency = card.get(TAG.applicationCurrency);
  return currency !== undefined && equalBytes(currency, facts.currencyCode);
}

/** What is not recognised is not supported. */
function terminalSupports({ facts, rule }: Situation): boolean {
  const method = cvmMethod(rule.code);
  return method !== undefined && isSupported(method, facts);
}

const inCurrency =
  (compare: (amount: number, list: Situation['list']) => boolean): Condition =>
  (situation) =>
    inApplicationCurrency(situation) && compare(situation.facts.amount, situation.list);

/** EMV Book 3, annex C3, table 40. At X or Y, the amount is neither under nor over it. */
const CONDITIONS: ReadonlyMap<number, Condition> = new Map<number, Condition>([
  [0x00, () => true],
  [0x01, ({ facts }) => isCash(facts) && !isAttended(facts.terminalType)],
  [0x02, ({ facts }) => !isCash(facts) && !hasCashback(facts)],
  [0x03, terminalSupports],
  [0x04, ({ facts }) => isCash(facts) && isAttended(facts.terminalType)],
  [0x05, ({ facts }) => hasCashback(facts)],
  [0x06, inCurrency((amount, { amountX }) => amount < amountX)],
  [0x07, inCurrency((amount, { amountX }) => amount > amountX)],
  [0x08, inCurrency((amount, { amountY }) => amount < amountY)],
  [0x09, inCurrency((amount, { amountY }) => amount > amountY)],
]);

/** Does the rule apply? A condition that is not known, or lacks its data, does not. */
export function isConditionSatisfied(situation: Situation): boolean {
  return CONDITIONS.get(situation.rule.condition)?.(situation) ?? false;
}
