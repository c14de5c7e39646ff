import { selectByName } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { findTag, parseTlv, type Tlv } from '../tlv/index.ts';
import { equalBytes, hex, toHex } from '../values/index.ts';
import { MAX_CANDIDATES } from './bounds.ts';
import { declined, type Ended, otherInterface, TORN } from './ending.ts';
import { type Explain, SECTION } from './explain.ts';
import { type Application, fits, isAid, isContactless, isQpboc, needsConfirmation, orderOf, parseFci } from './fci.ts';

import type { DeclineReason } from './outcome.ts';
import type { AllowedApplication } from './pre-processing.ts';
import type { Step } from './requests.ts';
import type { TerminalParameters } from './transaction.ts';
import { BLOCKED_APPLICATION, BLOCKED_CARD, NOT_FOUND, SUCCESS, transceive } from './transceive.ts';

export interface SelectedApplication extends AllowedApplication {
  readonly kind: 'selected';
  readonly application: Application;
}

/** What to select, and for which of the terminal's applications. */
interface Candidate {
  readonly name: Uint8Array;
  readonly allowed: AllowedApplication;
}

/** 2PAY.SYS.DDF01 */
const PPSE = hex('325041592E5359532E4444463031');

/** One directory entry (tag 61); undefined when the terminal may not take it. */
function candidateOf(entry: Tlv, allowed: readonly AllowedApplication[]): (Candidate & { order: number }) | undefined {
  const children = entry.children ?? [];
  const name = findTag(children, TAG.adfName)?.value;
  const application = name && isAid(name) ? allowed.find(({ parameters }) => fits(name, parameters)) : undefined;
  if (name === undefined || application === undefined) return undefined;
  const priority = findTag(children, TAG.priority)?.value[0] ?? 0;
  // EMV Book 1, §12.4: what asks for a confirmation that cannot be given here is not selected.
  if (needsConfirmation(priority)) return undefined;
  return { name, allowed: application, order: orderOf(priority) };
}

/**
 * The card's directory in the card's order of priority: 1 is highest, none is lowest, equals stay as they stand
 * (EMV Book 1, §12.4). Undefined when the answer is no directory.
 */
function candidatesOf(directory: Uint8Array, allowed: readonly AllowedApplication[]): Candidate[] | undefined {
  const parsed = parseTlv(directory);
  if (parsed.kind === 'malformed') return undefined;
  if (findTag(parsed.nodes, TAG.fci) === undefined) return undefined;
  const entries = findTag(parsed.nodes, TAG.fci, TAG.fciProprietary, TAG.fciDiscretionary)?.children ?? [];
  return entries
    .filter(({ tag }) => tag === TAG.applicationTemplate)
    .map((entry) => candidateOf(entry, allowed))
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => a.order - b.order);
}

/** PPSE, or the terminal's own list of AIDs in its order for a card without one. */
function* buildCandidates(
  terminal: TerminalParameters,
  allowed: readonly AllowedApplication[],
): Step<{ kind: 'candidates'; list: readonly Candidate[] } | Ended> {
  const reply = yield* transceive(selectByName(PPSE));
  if (reply.kind === 'torn') return TORN;
  if (reply.kind === 'faulty') return declined('card-error');
  if (reply.sw === NOT_FOUND || reply.sw === BLOCKED_APPLICATION) {
    return { kind: 'candidates', list: allowed.map((one) => ({ name: one.parameters.aid, allowed: one })) };
  }
  if (reply.sw === BLOCKED_CARD) return declined('card-blocked');
  if (reply.sw !== SUCCESS) return otherInterface(terminal, 'card-error');
  const list = candidatesOf(reply.data, allowed);
  return list === undefined ? declined('card-error') : { kind: 'candidates', list };
}

/** The FCI of what was selected: usable, of another name than asked for, or the end. */
function examineFci(
  data: Uint8Array,
  candidate: Candidate,
  terminal: TerminalParameters,
): SelectedApplication | Ended | 'another' {
  const parsed = parseFci(data);
  if (parsed.kind === 'malformed') return declined('card-error');
  const { application } = parsed;
  // JR/T 0025.12-2013 figure 4: no PDOL, or one without TTQ → terminate. What qPBOC needs beyond it, debit/credit asks for in CDOL1.
  const suits = terminal.contactlessDebitCredit === true ? isContactless(application) : isQpboc(application);
  if (!suits) return otherInterface(terminal, 'card-error');
  if (!equalBytes(application.aid.subarray(0, candidate.name.length), candidate.name)) return declined('card-error');
  if (!fits(application.aid, candidate.allowed.parameters)) return 'another';
  return { kind: 'selected', application, ...candidate.allowed };
}

const swText = (sw: number): string => sw.toString(16).toUpperCase().padStart(4, '0');

const namesOf = (list: readonly Candidate[]): string =>
  list.map(({ name }) => toHex(name)).join(', ') || 'none that the terminal accepts';

function examinedText(examined: SelectedApplication | Ended | 'another'): string {
  if (examined === 'another') return 'the card selected another application, which the terminal does not accept';
  return examined.kind === 'selected' ? 'selected' : 'its FCI cannot be used: no qPBOC PDOL, or not well formed';
}

/**
 * Application selection (JR/T 0025.12-2013 §6.4.1): the card's directory, then the candidates in order until one can
 * be selected. A blocked application gives way to the next; a blocked card ends it.
 */
export function* selectApplication(
  terminal: TerminalParameters,
  allowed: readonly AllowedApplication[],
  explain?: Explain,
): Step<SelectedApplication | Ended> {
  const candidates = yield* buildCandidates(terminal, allowed);
  if (candidates.kind !== 'candidates') return candidates;
  explain?.({ section: SECTION.selection, text: `Candidates: ${namesOf(candidates.list)}` });
  let reason: DeclineReason = 'no-common-application';
  for (const candidate of candidates.list.slice(0, MAX_CANDIDATES)) {
    const reply = yield* transceive(selectByName(candidate.name));
    if (reply.kind === 'torn') return TORN;
    if (reply.kind === 'faulty') return declined('card-error');
    if (reply.sw === BLOCKED_CARD) return declined('card-blocked');
    if (reply.sw !== SUCCESS) {
      explain?.({
        section: SECTION.selection,
        text: `${toHex(candidate.name)} cannot be selected: ${swText(reply.sw)}`,
      });
      if (reply.sw !== NOT_FOUND) reason = reply.sw === BLOCKED_APPLICATION ? 'application-blocked' : 'card-error';
      continue;
    }
    const examined = examineFci(reply.data, candidate, terminal);
    explain?.({ section: SECTION.selection, text: `${toHex(candidate.name)}: ${examinedText(examined)}` });
    if (examined !== 'another') return examined;
  }
  return otherInterface(terminal, reason);
}
