import { getProcessingOptions } from '../../apdu/index.ts';
import { offersElectronicCash } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { buildDol, encodeTlv } from '../../tlv/index.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import type { Step } from '../requests.ts';
import { terminalData } from '../terminal-data.ts';
import type { TransactionInput } from '../transaction.ts';
import { SUCCESS, transceive } from '../transceive.ts';
import { type Candidates, type Selected, selectApplication } from './application-selection.ts';
import { type Dialogue, newDialogue, TerminalValues } from './dialogue.ts';
import { parseProcessingOptions } from './processing-options.ts';

type Initiated = { readonly kind: 'initiated'; readonly dialogue: Dialogue };

const CONDITIONS_NOT_SATISFIED = 0x6985;

/** What the terminal tells a card that is inserted; electronic cash is offered as JR/T 0025.13 has it. */
function toldTo(input: TransactionInput, { parameters }: Selected): TerminalValues {
  const { amount, transactionType } = input;
  const limit = parameters.debitCredit?.electronicCashLimit;
  const floor = parameters.terminalFloorLimit;
  const offered = offersElectronicCash({
    amount,
    transactionType,
    ...(limit !== undefined && { transactionLimit: limit }),
    ...(floor !== undefined && { floorLimit: floor }),
  });
  const terminal = new TerminalValues(terminalData(input, { parameters }));
  terminal.set(TAG.ecSupport, Uint8Array.of(offered ? 1 : 0));
  return terminal;
}

/** GET PROCESSING OPTIONS; 'again': the card does not want this application after all. */
function* getOptions(input: TransactionInput, selected: Selected): Step<Initiated | 'again' | Ended> {
  const { application, parameters } = selected;
  const terminal = toldTo(input, selected);
  const pdolValues = buildDol(application.pdol, (tag) => terminal.get(tag));
  const reply = yield* transceive(getProcessingOptions(encodeTlv(TAG.commandTemplate, pdolValues)));
  if (reply.kind === 'torn') return TORN;
  if (reply.kind === 'answered' && reply.sw === CONDITIONS_NOT_SATISFIED) return 'again';
  const options = reply.kind === 'answered' && reply.sw === SUCCESS ? parseProcessingOptions(reply.data) : undefined;
  if (reply.kind === 'faulty' || options === undefined) return declined('card-error');
  const dialogue = newDialogue({
    input,
    cardInterface: 'contact',
    application,
    parameters,
    pdolValues,
    gpoAnswer: reply.data,
    ...options,
    balanceBefore: undefined,
    terminal,
  });
  return { kind: 'initiated', dialogue };
}

/**
 * Final selection and initiate application on the contact interface (EMV Book 3, §10.1): an application that answers GPO with
 * 6985 gives way to the next candidate.
 */
export function* initiateApplication(input: TransactionInput, candidates: Candidates): Step<Initiated | Ended> {
  let left = candidates;
  for (;;) {
    const selected = yield* selectApplication(left);
    if (selected.kind !== 'selected') return selected;
    const initiated = yield* getOptions(input, selected);
    if (initiated !== 'again') return initiated;
    left = selected.others;
  }
}
