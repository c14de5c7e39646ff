import type { Fen } from '../../values/index.ts';
import type { DebitCreditIntent } from '../intent.ts';
import type { CardholderVerification } from '../outcome.ts';
import type { OnlinePin } from '../requests.ts';
import type { Action } from './action.ts';
import type { CryptogramType } from './generate-ac.ts';
import type { OfflineAuthenticated } from './offline-authentication.ts';
import { type CardRead, cardSeen } from './read-card.ts';

/** All that is known when the first cryptogram is asked for. */
export interface Payment {
  readonly card: CardRead;
  readonly genuine: OfflineAuthenticated;
  readonly verification: CardholderVerification;
  /** For the host; whoever runs the dialogue wipes it. */
  readonly onlinePin: OnlinePin | undefined;
  /** Did the card take the electronic-cash path? Then its chip pays at a TC. */
  readonly electronicCash: boolean;
  /** 9F36 and 9F79 before, as far as the card gave them. */
  readonly atc: number | undefined;
  readonly balance: Fen | undefined;
  readonly action: Action;
}

/** What an intent of full debit/credit keeps of its card, whatever it is for. */
export function intentFacts(
  card: CardRead,
  known: { readonly atc: number | undefined; readonly request: CryptogramType; readonly cdol1Values: Uint8Array },
): Omit<DebitCreditIntent, 'path' | 'electronicCash' | 'balanceBefore'> {
  const { atc, request, cdol1Values } = known;
  const { application, cardInterface, pan, panSequence, input, pdolValues, gpoAnswer, records } = card;
  return {
    cardInterface,
    aid: application.aid,
    label: application.label,
    pan,
    panSequence,
    amount: input.amount,
    ...(atc !== undefined && { atc }),
    fci: application.fci,
    pdolValues,
    gpoAnswer,
    records,
    request,
    cdol1Values,
  };
}

/** Is the electronic cash known to be too little? */
export function lacksFunds({ card, electronicCash, balance }: Payment): boolean {
  return electronicCash && balance !== undefined && balance < card.input.amount;
}

/** The card as the account's payment leaves it: its chip has the balance that it had. */
export const seenOf = ({ card, balance }: Payment) => cardSeen(card, { before: balance, after: balance });
