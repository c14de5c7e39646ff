import { yuan } from './amount.ts';
import type { Language, Messages } from './messages/index.ts';
import { wordsOf } from './payment-words.ts';
import type { Face, View } from './view.ts';

type PaymentView = Extract<View, { kind: 'payment' }>;

/** Faces about which the daemon's sentence says nothing, or may be out of date. */
const OWN_WORDS: ReadonlySet<Face> = new Set([
  'tap',
  'hold',
  'pin',
  'choose',
  'document',
  'authorising',
  'approved',
  'balance',
  'lost',
]);

/**
 * What happened and what to do next. The daemon says it best; the page's own sentence stands in where there is none.
 */
export function explanation({ payment, face }: PaymentView, words: Messages, language: Language): string {
  const own = wordsOf(words, payment.kind).faces[face].detail;
  return OWN_WORDS.has(face) ? own : (payment.reasonText?.[language] ?? own);
}

/** What a screen reader says when the view changes: the sign, the amount, and what goes with it. Empty at the keypad. */
export function announcement(view: View, words: Messages, language: Language): string {
  if (view.kind === 'entry') return '';
  if (view.kind === 'starting') return wordsOf(words, view.asked).starting;
  const { payment, face } = view;
  const { faces, balanceLeft } = wordsOf(words, payment.kind);
  const told = face === 'approved' || face === 'balance';
  const balanceMinor = told ? payment.card?.balanceMinor : undefined;
  const parts = [
    faces[face].sign,
    payment.kind === 'balance' ? '' : yuan(payment.amountMinor),
    explanation(view, words, language),
    balanceMinor === undefined ? '' : `${balanceLeft} ${yuan(balanceMinor)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
