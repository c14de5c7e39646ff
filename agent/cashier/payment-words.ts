import type { Messages } from './messages/index.ts';
import type { Face } from './view.ts';
import type { PaymentKind, PaymentState } from './wire.ts';

/** What the page says about one kind of payment. */
interface PaymentWords {
  readonly starting: string;
  readonly faces: Readonly<Record<Face, { readonly sign: string; readonly detail: string }>>;
  readonly states: Readonly<Record<PaymentState, string>>;
  readonly balanceLeft: string;
  readonly cancel: string;
  readonly giveUpMeaning: string;
}

/** The words of a sale, but for those that a load or an inquiry has of its own. */
export function wordsOf(words: Messages, kind: PaymentKind): PaymentWords {
  const sale: PaymentWords = { ...words, starting: words.starting.sign };
  if (kind === 'purchase') return sale;
  const own = words[kind];
  return { ...sale, ...own, faces: { ...sale.faces, ...own.faces }, states: { ...sale.states, ...own.states } };
}
