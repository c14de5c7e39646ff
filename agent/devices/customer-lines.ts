import { DISPLAY_COLUMNS, type DisplayLines } from '../../drivers/index.ts';
import type { PaymentResource } from '../api/payment-resource.ts';
import { customerReason } from './customer-reasons.ts';
import { DISPLAY_WORDS } from './customer-words.ts';

type Language = keyof typeof DISPLAY_WORDS;
type Words = (typeof DISPLAY_WORDS)[Language];

/** The lower line while the card, or its holder, has something to do. */
const STEPS: { readonly [state in PaymentResource['state']]?: (payment: PaymentResource, words: Words) => string } = {
  'awaiting-card': ({ kind }, { kinds }) => kinds[kind].present,
  'card-present': (_, { keep }) => keep,
  authorising: (_, { keep }) => keep,
  'awaiting-pin': (_, { pin }) => pin,
  'present-again': ({ debited, reason }, { again, oneCard, sameAgain }) => {
    if (debited === 'none' && reason === 'several-cards') return oneCard;
    const nothingHappened = reason === 'transmission' || reason === 'card-in-use';
    return debited === 'none' && nothingHappened ? again : sameAgain;
  },
};

/** What the customer reads about a payment; undefined: nothing is going on. */
export function customerLines(payment: PaymentResource | undefined, language: Language): DisplayLines {
  const words = DISPLAY_WORDS[language];
  if (payment === undefined) return words.welcome;
  const step = STEPS[payment.state];
  return step === undefined ? ending(payment, language) : [amountLine(payment, 'asked', words), step(payment, words)];
}

function ending(payment: PaymentResource, language: Language): DisplayLines {
  const words = DISPLAY_WORDS[language];
  const { state, kind, debited, reason, card } = payment;
  const askCashier = customerReason(undefined)[language];
  if (state === 'approved') {
    const balance =
      card?.balanceMinor === undefined ? words.thanks : pair(words.balance, money(card.balanceMinor, words));
    return [kind === 'balance' ? '' : amountLine(payment, 'done', words), balance];
  }
  if (state === 'undecided') return [words.undecided, askCashier];
  if (state === 'cancelled') return [words.cancelled, words.kinds[kind].nothing];
  // What was taken although it is not paid is for the cashier to explain.
  return [words.kinds[kind].notDone, debited === 'none' ? customerReason(reason)[language] : askCashier];
}

const amountLine = ({ kind, amountMinor }: PaymentResource, when: 'asked' | 'done', words: Words): string =>
  kind === 'balance' ? words.kinds.balance[when] : pair(words.kinds[kind][when], money(amountMinor, words));

const money = (amountMinor: number, { money: of }: Words): string => {
  const fen = Math.abs(amountMinor);
  return of(`${amountMinor < 0 ? '-' : ''}${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`);
};

const columnsOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + (/^[ -~]$/.test(character) ? 1 : 2), 0);

/** A word on the left, its amount on the right; without the word where both have no room. */
function pair(word: string, amount: string): string {
  const room = DISPLAY_COLUMNS - columnsOf(word) - columnsOf(amount);
  return room > 0 ? `${word}${' '.repeat(room)}${amount}` : amount;
}
