import { selectByName } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { findTag, parseTlv, type Tlv } from '../tlv/index.ts';
import { equalBytes, hex } from '../values/index.ts';
import { MAX_CANDIDATES } from './bounds.ts';
import { declined, type Ended, otherInterface, TORN } from './ending.ts';
import { type Application, isAid, parseFci } from './fci.ts';
import type { DeclineReason } from './outcome.ts';
import type { AllowedApplication } from './pre-processing.ts';
import type { Step } from './requests.ts';
import type { TerminalParameters } from './transaction.ts';
import { SUCCESS, transceive } from './transceive.ts';

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

const BLOCKED_APPLICATION = 0x6283;
const BLOCKED_CARD = 0x6a81;
const NOT_FOUND = 0x6a82;

/** Tag 87 (EMV Book 1, table 48). */
const CONFIRMATION_NEEDED = 0x80;
const PRIORITY = 0x0f;
const LOWEST = PRIORITY + 1;

/** Does the card's name fit the terminal's AID: the same, or longer where partial selection is allowed? */
function fits(name: Uint8Array, { aid, partialSelection }: AllowedApplication['parameters']): boolean {
  return equalBytes(name.subarray(0, aid.length), aid) && (partialSelection || name.length === aid.length);
}

/** One directory entry (tag 61); undefined when the terminal may not take it. */
function candidateOf(entry: Tlv, allowed: readonly AllowedApplication[]): (Candidate & { order: number }) | undefined {
  const children = entry.children ?? [];
  const name = findTag(children, TAG.adfName)?.value;
  const application = name && isAid(name) ? allowed.find(({ parameters }) => fits(name, parameters)) : undefined;
  if (name === undefined || application === undefined) return undefined;
  const priority = findTag(children, TAG.priority)?.value[0] ?? 0;
  // EMV Book 1, §12.4: what asks for a confirmation that cannot be given here is not selected.
  if ((priority & CONFIRMATION_NEEDED) !== 0) return undefined;
  return { name, allowed: application, order: priority & PRIORITY || LOWEST };
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
  // JR/T 0025.12-2013 figure 4: no PDOL, or one without TTQ → terminate.
  if (parsed.kind === 'no-qpboc') return otherInterface(terminal, 'card-error');
  const { application } = parsed;
  if (!equalBytes(application.aid.subarray(0, candidate.name.length), candidate.name)) return declined('card-error');
  if (!fits(application.aid, candidate.allowed.parameters)) return 'another';
  const { parameters, ttq } = candidate.allowed;
  return { kind: 'selected', application, parameters, ttq };
}

/**
 * Application selection (JR/T 0025.12-2013 §6.4.1): the card's directory, then the candidates in order until one can
 * be selected. A blocked application gives way to the next; a blocked card ends it.
 */
export function* selectApplication(
  terminal: TerminalParameters,
  allowed: readonly AllowedApplication[],
): Step<SelectedApplication | Ended> {
  const candidates = yield* buildCandidates(terminal, allowed);
  if (candidates.kind !== 'candidates') return candidates;
  let reason: DeclineReason = 'no-common-application';
  for (const candidate of candidates.list.slice(0, MAX_CANDIDATES)) {
    const reply = yield* transceive(selectByName(candidate.name));
    if (reply.kind === 'torn') return TORN;
    if (reply.kind === 'faulty') return declined('card-error');
    if (reply.sw === BLOCKED_CARD) return declined('card-blocked');
    if (reply.sw !== SUCCESS) {
      if (reply.sw !== NOT_FOUND) reason = reply.sw === BLOCKED_APPLICATION ? 'application-blocked' : 'card-error';
      continue;
    }
    const examined = examineFci(reply.data, candidate, terminal);
    if (examined !== 'another') return examined;
  }
  return otherInterface(terminal, reason);
}
