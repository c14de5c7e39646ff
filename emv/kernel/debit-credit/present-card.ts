import { selectApplication } from '../application-selection.ts';
import { declined, type Ended, otherInterface } from '../ending.ts';
import { initiateApplication as initiateContactless } from '../initiate-application.ts';
import { debitCreditTtq } from '../pre-processing.ts';
import type { Step } from '../requests.ts';
import type { TransactionInput } from '../transaction.ts';
import { buildCandidates } from './application-selection.ts';
import type { CardInterface, Dialogue } from './dialogue.ts';
import { initiateApplication } from './initiate-application.ts';

type Presented = { readonly kind: 'initiated'; readonly dialogue: Dialogue };

/** A card in the slot: its application and its answer to GPO (EMV Book 1, §12; Book 3, §10.1). */
function* insert(input: TransactionInput): Step<Presented | Ended> {
  const candidates = yield* buildCandidates(input.terminal.applications);
  if (candidates.kind !== 'candidates') return candidates;
  return yield* initiateApplication(input, candidates);
}

/** A card in the field that is offered full debit/credit alone (JR/T 0025.12-2013 §6.5.4). */
function* tap(input: TransactionInput): Step<Presented | Ended> {
  const offering = { ...input, terminal: { ...input.terminal, contactlessDebitCredit: true } };
  const ttq = debitCreditTtq(input.terminal);
  const allowed = input.terminal.applications.map((parameters) => ({ parameters, ttq }));
  const selected = yield* selectApplication(offering.terminal, allowed);
  if (selected.kind !== 'selected') return selected;
  const initiated = yield* initiateContactless(offering, selected, undefined);
  if (initiated.kind === 'initiated') return otherInterface(input.terminal, 'card-error');
  return initiated.kind === 'debit-credit' ? { kind: 'initiated', dialogue: initiated.dialogue } : initiated;
}

/** A card of full debit/credit up to its answer to GPO. */
export function* presentCard(input: TransactionInput, cardInterface: CardInterface): Step<Presented | Ended> {
  if (input.terminal.applications.length === 0) return declined('no-common-application');
  return cardInterface === 'contact' ? yield* insert(input) : yield* tap(input);
}
