import { declined, type Ended } from '../ending.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../requests.ts';
import type { TransactionInput } from '../transaction.ts';
import { buildCandidates } from './application-selection.ts';
import { debitCredit } from './debit-credit.ts';
import type { Dialogue } from './dialogue.ts';
import { initiateApplication } from './initiate-application.ts';

/** A card in the slot, up to its answer to GPO. */
export function* insertCard(input: TransactionInput): Step<{ kind: 'initiated'; dialogue: Dialogue } | Ended> {
  const { applications } = input.terminal;
  if (applications.length === 0) return declined('no-common-application');
  const candidates = yield* buildCandidates(applications);
  if (candidates.kind !== 'candidates') return candidates;
  return yield* initiateApplication(input, candidates);
}

/**
 * One purchase by full PBOC debit/credit or electronic cash on the contact interface (JR/T 0025.4 to JR/T 0025.6, JR/T 0025.13;
 * EMV Books 1 to 4), from the card's insertion to the outcome. Whatever the card answers ends in an outcome; MAX_EXCHANGES
 * bounds what it is asked. `terminal.capabilities` (9F33), `terminal.data` (9F40) and the application's `debitCredit`
 * parameters steer it; without action codes of the terminal the card's own decide.
 */
export function* contactPurchase(input: TransactionInput): Step<Outcome> {
  const initiated = yield* insertCard(input);
  if (initiated.kind !== 'initiated') return initiated;
  return yield* debitCredit(initiated.dialogue);
}
