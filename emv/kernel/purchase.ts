import { selectApplication } from './application-selection.ts';
import { approveOffline } from './approve-offline.ts';
import { authoriseOnline, lacksFunds } from './authorise-online.ts';
import { debitCredit } from './debit-credit/debit-credit.ts';
import { type Ended, TORN } from './ending.ts';
import { SECTION, yuan } from './explain.ts';
import { readBalance } from './get-data.ts';
import { initiateApplication } from './initiate-application.ts';
import type { Outcome } from './outcome.ts';
import { preProcess } from './pre-processing.ts';
import type { Step } from './requests.ts';
import { hasExpired, refuse, type Tap } from './tap.ts';
import type { TransactionInput } from './transaction.ts';

/** The card refuses (AAC). It does not say why; what the terminal knows may. */
function declineOffline(tap: Tap): Ended {
  const reason = lacksFunds(tap) ? 'insufficient-funds' : hasExpired(tap) ? 'expired' : 'card-declined';
  tap.input.explain?.({ section: SECTION.outcome, text: `AAC: declined; the likely reason is ${reason}` });
  return refuse(tap, reason);
}

const ROUTES = {
  tc: 'TC, it pays offline once its last record is read',
  arqc: 'ARQC, it asks for the host',
  aac: 'AAC, it declines',
} as const;

function routeText({ answer, balanceBefore }: Tap): string {
  const balance = balanceBefore === undefined ? 'not told' : yuan(balanceBefore);
  return `The card decides in 9F10 byte 5: ${ROUTES[answer.decision]} (balance before: ${balance})`;
}

/**
 * One contactless purchase (JR/T 0025.12-2013 chapters 6 and 7), from the amount to the outcome, as the questions that a
 * terminal has to answer: qPBOC, or full debit/credit where the terminal offers it and the card wants it. Whatever the card answers ends in an outcome; MAX_EXCHANGES bounds what it is asked.
 */
export function* purchase(input: TransactionInput): Step<Outcome> {
  const allowed = preProcess(input);
  if (allowed.kind !== 'allowed') return allowed;
  const selected = yield* selectApplication(input.terminal, allowed.applications, input.explain);
  if (selected.kind !== 'selected') return selected;
  // Before GPO: the evidence that recovery will need is the balance that the payment has not touched yet.
  const balance = yield* readBalance();
  if (balance.kind === 'torn') return TORN;
  const initiated = yield* initiateApplication(input, selected, balance.value);
  if (initiated.kind === 'debit-credit') return yield* debitCredit(initiated.dialogue);
  if (initiated.kind !== 'initiated') return initiated;
  const { tap } = initiated;
  input.explain?.({ section: SECTION.initiation, text: routeText(tap) });
  switch (tap.answer.decision) {
    case 'tc':
      return yield* approveOffline(tap);
    case 'arqc':
      return yield* authoriseOnline(tap);
    case 'aac':
      return declineOffline(tap);
  }
}
