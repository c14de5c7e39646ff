import type { Outcome } from '../outcome.ts';
import type { Step } from '../requests.ts';
import type { TransactionInput } from '../transaction.ts';
import { debitCredit } from './debit-credit.ts';
import { presentCard } from './present-card.ts';

/**
 * One purchase by full PBOC debit/credit or electronic cash on the contact interface (JR/T 0025.4 to JR/T 0025.6, JR/T 0025.13;
 * EMV Books 1 to 4), from the card's insertion to the outcome. Whatever the card answers ends in an outcome; MAX_EXCHANGES
 * bounds what it is asked. `terminal.capabilities` (9F33), `terminal.data` (9F40) and the application's `debitCredit`
 * parameters steer it; without action codes of the terminal the card's own decide.
 */
export function* contactPurchase(input: TransactionInput): Step<Outcome> {
  const presented = yield* presentCard(input, 'contact');
  if (presented.kind !== 'initiated') return presented;
  return yield* debitCredit(presented.dialogue);
}
