import { getProcessingOptions } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { buildDol, encodeTlv } from '../tlv/index.ts';
import { type Fen, toHex } from '../values/index.ts';
import type { SelectedApplication } from './application-selection.ts';
import { type Dialogue, newDialogue, TerminalValues } from './debit-credit/dialogue.ts';
import { parseProcessingOptions, pathOf } from './debit-credit/processing-options.ts';
import { declined, type Ended, otherInterface, TORN } from './ending.ts';
import { SECTION } from './explain.ts';
import { isQpboc } from './fci.ts';

import { parseGpoAnswer } from './gpo-answer.ts';
import type { DeclineReason } from './outcome.ts';
import type { Step } from './requests.ts';
import { exchanged, type Tap, tapOf } from './tap.ts';
import { terminalData } from './terminal-data.ts';
import type { TransactionInput } from './transaction.ts';
import { SUCCESS, transceive } from './transceive.ts';

const TRY_AGAIN = 0x6986;

/** Refusals of GPO, all "try another interface" (JR/T 0025.12-2013 §6.5.3: 6985 does not select again). */
const REFUSALS: ReadonlyMap<number, DeclineReason> = new Map([
  [0x6984, 'card-declined'],
  [0x6985, 'card-declined'],
  [0x6283, 'application-blocked'],
  [0x6a81, 'card-blocked'],
]);

function openDialogue(
  facts: Omit<Parameters<typeof newDialogue>[0], 'cardInterface' | 'aip' | 'plan' | 'data'>,
): { kind: 'debit-credit'; dialogue: Dialogue } | Ended {
  const options = parseProcessingOptions(facts.gpoAnswer);
  if (options === undefined) return declined('card-error');
  return { kind: 'debit-credit', dialogue: newDialogue({ ...facts, ...options, cardInterface: 'contactless' }) };
}

/**
 * Initiate application (JR/T 0025.12-2013 §6.5): tells the card what its PDOL asks for and takes its decision. Where the TTQ
 * offers full debit/credit too, the card's answer chooses the route (§6.5.4); otherwise an answer without a cryptogram ends it.
 */
export function* initiateApplication(
  input: TransactionInput,
  selected: SelectedApplication,
  balanceBefore: Fen | undefined,
): Step<{ kind: 'initiated'; tap: Tap } | { kind: 'debit-credit'; dialogue: Dialogue } | Ended> {
  const { application } = selected;
  const terminal = terminalData(input, selected);
  const pdolValues = buildDol(application.pdol, (tag) => terminal.get(tag));
  const reply = yield* transceive(getProcessingOptions(encodeTlv(TAG.commandTemplate, pdolValues)));
  if (reply.kind === 'torn') return TORN;
  if (reply.kind === 'faulty') return declined('card-error');
  if (reply.sw === TRY_AGAIN) return { kind: 'present-again', reason: 'transmission' };
  input.explain?.({
    section: SECTION.initiation,
    text: `GET PROCESSING OPTIONS with ${toHex(pdolValues)}: ${reply.sw.toString(16).toUpperCase()}`,
  });
  if (reply.sw !== SUCCESS) return otherInterface(input.terminal, REFUSALS.get(reply.sw) ?? 'card-error');
  const path = input.terminal.contactlessDebitCredit === true ? pathOf(reply.data) : 'qpboc';
  if (path === 'both') return declined('card-error');
  if (path === 'debit-credit') {
    const facts = {
      input,
      ...selected,
      pdolValues,
      gpoAnswer: reply.data,
      balanceBefore,
      terminal: new TerminalValues(terminal),
    };
    return openDialogue(facts);
  }
  // The terminal that offers both selects a card whose PDOL would not do for qPBOC.
  if (!isQpboc(application)) return otherInterface(input.terminal, 'card-error');
  const parsed = parseGpoAnswer(reply.data);
  if (parsed.kind !== 'qpboc') {
    input.explain?.({ section: SECTION.initiation, text: `The answer is no qPBOC answer: ${parsed.kind}` });
  }
  if (parsed.kind === 'other-path') return otherInterface(input.terminal, 'card-error');
  if (parsed.kind === 'malformed') return declined('card-error');
  const { answer } = parsed;
  const { amount } = input;
  const facts = exchanged({ application, amount, pdolValues, gpoAnswer: reply.data, answer, balanceBefore });
  return facts === undefined ? declined('card-error') : { kind: 'initiated', tap: tapOf(facts, input) };
}
