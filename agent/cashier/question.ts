import type { PageState } from './state.ts';
import type { View } from './view.ts';
import type { Question } from './wire.ts';

/** What the page answers; the question's number goes with it, so that it never meets another one. */
export type Reply =
  | { readonly question: number; readonly kind: 'application'; readonly index: number }
  | { readonly question: number; readonly kind: 'id-document'; readonly matches: boolean }
  | { readonly question: number; readonly kind: 'pin'; readonly bypass: true };

/** What the payment on the screen asks, if the daemon is there to be answered. */
export function questionOf(view: View): Question | undefined {
  return view.kind === 'payment' && view.face !== 'lost' ? view.payment.question : undefined;
}

/** The number on the document that is asked for, once it has come. */
export function documentNumber(state: PageState, question: Question): string | undefined {
  return state.document?.question === question.id ? state.document.number : undefined;
}

/**
 * The answers from which the cashier chooses, numbered from 1 on the keyboard. A document can be compared once its number is
 * on the screen. That a PIN is left out has no key: keys may belong to the PIN.
 */
export function repliesTo(question: Question, state: PageState): readonly Reply[] {
  const { id, kind } = question;
  if (kind === 'application') return question.candidates.map(({ index }) => ({ question: id, kind, index }));
  if (kind === 'pin' || documentNumber(state, question) === undefined) return [];
  return [true, false].map((matches) => ({ question: id, kind, matches }));
}
