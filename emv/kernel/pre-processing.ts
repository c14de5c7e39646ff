import { type Fen, toHex } from '../values/index.ts';
import { declined, type Ended, otherInterface } from './ending.ts';
import { type Explain, SECTION, yuan } from './explain.ts';
import type { DeclineReason } from './outcome.ts';
import type { ApplicationParameters, TerminalParameters, TransactionInput } from './transaction.ts';

/** An application that this amount may be paid with, and the TTQ (9F66, 4 bytes) that the card will be told. */
export interface AllowedApplication {
  readonly parameters: ApplicationParameters;
  readonly ttq: Uint8Array;
}

type Allowed = { readonly kind: 'allowed'; readonly applications: readonly AllowedApplication[] };

/** Byte 1 of the TTQ. */
const DEBIT_CREDIT = 0x40;
const QPBOC = 0x20;
const CONTACT_PBOC = 0x10;
const OFFLINE_ONLY = 0x08;
const ONLINE_PIN = 0x04;
const SIGNATURE = 0x02;
/** Byte 2. */
const ONLINE_CRYPTOGRAM_REQUIRED = 0x80;
const CVM_REQUIRED = 0x40;
/** Byte 4. */
const FDDA_01 = 0x80;

/** One currency unit, which asks for a status check (rule 1). */
const STATUS_CHECK_AMOUNT = 100;

/** What the terminal can do beside the paths that it offers: TTQ byte 1. */
function capabilities(terminal: TerminalParameters): number {
  return (
    (terminal.contactInterface ? CONTACT_PBOC : 0) |
    (terminal.onlineCapable ? 0 : OFFLINE_ONLY) |
    (terminal.onlinePin ? ONLINE_PIN : 0) |
    (terminal.signature ? SIGNATURE : 0)
  );
}

/** The TTQ for what full debit/credit alone can do: no limits of the tap apply. */
export function debitCreditTtq(terminal: TerminalParameters): Uint8Array {
  return Uint8Array.of(DEBIT_CREDIT | capabilities(terminal), 0, 0, 0);
}

/** Why an application is out, and whether another interface may serve. */
type Verdict = AllowedApplication | { readonly refused: DeclineReason; readonly elsewhere: boolean };

/** JR/T 0025.12-2013 §6.2: the six rules in their order, for one application. */
function examine(
  { amount, terminal }: Pick<TransactionInput, 'amount' | 'terminal'>,
  parameters: ApplicationParameters,
): Verdict {
  const { transactionLimit, cvmLimit } = parameters;
  const floor = parameters.offlineFloorLimit ?? parameters.terminalFloorLimit;
  let required = 0;
  // 1. A status check: exactly one currency unit.
  if (terminal.statusCheck && amount === STATUS_CHECK_AMOUNT) required |= ONLINE_CRYPTOGRAM_REQUIRED;
  // 2. and 3. Nothing to pay: a question to the host, or to nobody.
  if (amount === 0 && !terminal.onlineCapable) return { refused: 'offline-limit', elsewhere: true };
  if (amount === 0) required |= ONLINE_CRYPTOGRAM_REQUIRED;
  // 4. At or above the contactless transaction limit.
  if (transactionLimit !== undefined && amount >= transactionLimit) {
    return { refused: 'transaction-limit', elsewhere: true };
  }
  // 5. At or above the CVM limit.
  if (cvmLimit !== undefined && amount >= cvmLimit) required |= CVM_REQUIRED;
  // 6. Above the offline floor limit; without any such limit the amount cannot be judged.
  if (floor === undefined) return { refused: 'offline-limit', elsewhere: true };
  if (amount > floor) required |= ONLINE_CRYPTOGRAM_REQUIRED;

  // While the host is away what needs it is refused before the card is asked: neither PIN nor cryptogram could be checked.
  if (!terminal.onlineCapable && (required & ONLINE_CRYPTOGRAM_REQUIRED) !== 0) {
    return { refused: 'offline-limit', elsewhere: false };
  }
  if (!terminal.onlineCapable && (required & CVM_REQUIRED) !== 0) {
    return { refused: 'online-pin-required', elsewhere: false };
  }
  const paths = QPBOC | (terminal.contactlessDebitCredit === true ? DEBIT_CREDIT : 0);
  return { parameters, ttq: Uint8Array.of(paths | capabilities(terminal), required, 0, FDDA_01) };
}

const limitText = (limit: Fen | undefined): string => (limit === undefined ? 'none' : yuan(limit));

function explainVerdict(explain: Explain, amount: Fen, parameters: ApplicationParameters, verdict: Verdict): void {
  const { aid, transactionLimit, cvmLimit, offlineFloorLimit, terminalFloorLimit } = parameters;
  const limits = `transaction limit ${limitText(transactionLimit)}, CVM limit ${limitText(cvmLimit)}, floor limit ${limitText(offlineFloorLimit ?? terminalFloorLimit)}`;
  const result =
    'refused' in verdict
      ? `not allowed: ${verdict.refused}`
      : `allowed, TTQ ${toHex(verdict.ttq)}${explainTtq(verdict.ttq)}`;
  explain({
    section: SECTION.preProcessing,
    text: `Pre-processing of ${yuan(amount)} for ${toHex(aid)} (${limits}): ${result}`,
  });
}

function explainTtq([, required = 0]: Uint8Array): string {
  const online = (required & ONLINE_CRYPTOGRAM_REQUIRED) !== 0 ? ', online cryptogram required' : '';
  return `${online}${(required & CVM_REQUIRED) !== 0 ? ', CVM required' : ''}`;
}

/**
 * Terminal transaction pre-processing (JR/T 0025.12-2013 §6.2), before a card is asked: which applications may pay this
 * amount, and what each is told. When none may, the first one's reason ends the transaction.
 */
export function preProcess(input: TransactionInput): Allowed | Ended {
  const { terminal, explain } = input;
  const verdicts = terminal.applications.map((parameters) => {
    const verdict = examine(input, parameters);
    if (explain) explainVerdict(explain, input.amount, parameters, verdict);
    return verdict;
  });
  const applications = verdicts.filter((verdict) => 'ttq' in verdict);
  if (applications.length > 0) return { kind: 'allowed', applications };
  const refusal = verdicts.find((verdict) => 'refused' in verdict);
  if (refusal === undefined) return declined('no-common-application');
  return refusal.elsewhere ? otherInterface(terminal, refusal.refused) : declined(refusal.refused);
}
