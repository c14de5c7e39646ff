import { BALANCE_SENTENCES } from './balance-sentences.ts';
import { LOAD_SENTENCES, LOAD_UNDECIDED } from './load-sentences.ts';
import type { PaymentKind } from './payment-kind.ts';
import { DEBITED_THOUGH_DECLINED, SENTENCES, UNDECIDED } from './purchase-sentences.ts';
import type { Reason, Sentence } from './reason.ts';

type Sentences = { readonly [R in Reason]?: Sentence };

/** By kind. */
const OF_KIND: { readonly [kind in PaymentKind]: Sentences } = {
  purchase: SENTENCES,
  load: LOAD_SENTENCES,
  balance: BALANCE_SENTENCES,
};

const NOBODY_WAITED: readonly string[] = ['cancelled', 'timeout'] satisfies readonly Reason[];

const wordOf = (sentences: Sentences, reason: string): Sentence | undefined =>
  Object.hasOwn(sentences, reason) ? sentences[reason as Reason] : undefined;

/** What the cashier is told about a payment; undefined when there is nothing to explain. */
export function sentenceFor(payment: {
  kind: PaymentKind;
  state: string;
  reason?: string;
  debited?: string;
}): Sentence | undefined {
  const { kind, state, reason, debited } = payment;
  if (reason === undefined) return undefined;
  if (state === 'declined' && debited === 'chip') return DEBITED_THOUGH_DECLINED;
  if (state === 'undecided' && NOBODY_WAITED.includes(reason)) return kind === 'load' ? LOAD_UNDECIDED : UNDECIDED;
  const ofKind = OF_KIND[kind];
  return wordOf(ofKind, reason) ?? wordOf(SENTENCES, reason) ?? ofKind['internal-error'];
}
