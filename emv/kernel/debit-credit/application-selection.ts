import { selectByName } from '../../apdu/index.ts';
import { equalBytes } from '../../values/index.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import { type Application, needsConfirmation, orderOf, parseFci } from '../fci.ts';
import type { DeclineReason } from '../outcome.ts';
import { ask, type Step } from '../requests.ts';
import type { ApplicationParameters } from '../transaction.ts';
import { BLOCKED_APPLICATION, BLOCKED_CARD, SUCCESS, transceive } from '../transceive.ts';
import type { Candidate } from './candidate.ts';
import { tryListOfAids } from './list-of-aids.ts';
import { readPaymentSystemEnvironment } from './payment-system-environment.ts';

/** What may still be selected, best first. */
export interface Candidates {
  readonly kind: 'candidates';
  readonly list: readonly Candidate[];
  /** Why there is nothing when the list is empty. */
  readonly reason: DeclineReason;
}

export interface Selected {
  readonly kind: 'selected';
  readonly application: Application;
  readonly parameters: ApplicationParameters;
  /** What remains should the card refuse this one after all (EMV Book 3, §10.1: 6985 to GPO). */
  readonly others: Candidates;
}

/** In the card's order of priority; equals stay as they stand. A name that came twice counts once. */
function inOrder(list: readonly Candidate[]): readonly Candidate[] {
  const once = list.filter((one, at) => list.findIndex(({ name }) => equalBytes(name, one.name)) === at);
  return once.sort((a, b) => orderOf(a.priority) - orderOf(b.priority));
}

/**
 * The candidate list of a contact card (EMV Book 1, §12.3): from its directory, or from the terminal's own list where that is
 * missing, breaks the rules or has nothing for this terminal.
 */
export function* buildCandidates(applications: readonly ApplicationParameters[]): Step<Candidates | Ended> {
  const found = yield* readPaymentSystemEnvironment(applications);
  if (found.kind !== 'candidates' && found.kind !== 'unusable') return found;
  if (found.kind === 'candidates' && found.list.length > 0) {
    return { kind: 'candidates', list: inOrder(found.list), reason: 'no-common-application' };
  }
  const tried = yield* tryListOfAids(applications);
  if (tried.kind !== 'tried') return tried;
  const reason = tried.blocked ? 'application-blocked' : 'no-common-application';
  return { kind: 'candidates', list: inOrder(tried.list), reason };
}

const NONE_CHOSEN: Ended = { kind: 'cancelled', reason: 'cancelled' };

/** The best candidate; where the card wants it confirmed, the one that the cardholder chooses of all of them. */
function* choose(list: readonly [Candidate, ...Candidate[]]): Step<Candidate | Ended> {
  const [best] = list;
  if (!needsConfirmation(best.priority)) return best;
  const applications = list.map(({ label, name }) => ({ label, aid: name }));
  const answer = yield* ask('confirm-application', { applications });
  if (answer.kind === 'torn') return TORN;
  return (answer.kind === 'confirmed' ? list[answer.index] : undefined) ?? NONE_CHOSEN;
}

const isEmpty = (list: readonly Candidate[]): list is readonly [] => list.length === 0;
const isFilled = (list: readonly Candidate[]): list is readonly [Candidate, ...Candidate[]] => !isEmpty(list);

/**
 * Final selection (EMV Book 1, §12.4): the best candidate that the card lets be selected. What it refuses gives way to the
 * next; a blocked card ends it.
 */
export function* selectApplication(candidates: Candidates): Step<Selected | Ended> {
  let { list, reason } = candidates;
  while (isFilled(list)) {
    const chosen = yield* choose(list);
    if ('kind' in chosen) return chosen;
    list = list.filter((one) => one !== chosen);
    const reply = yield* transceive(selectByName(chosen.name));
    if (reply.kind === 'torn') return TORN;
    if (reply.kind === 'answered' && reply.sw === BLOCKED_CARD) return declined('card-blocked');
    if (reply.kind === 'answered' && reply.sw === SUCCESS) {
      const parsed = parseFci(reply.data);
      if (parsed.kind === 'application' && equalBytes(parsed.application.aid, chosen.name)) {
        const others: Candidates = { kind: 'candidates', list, reason: 'card-declined' };
        return { kind: 'selected', application: parsed.application, parameters: chosen.parameters, others };
      }
      reason = 'card-error';
    } else {
      const blocked = reply.kind === 'answered' && reply.sw === BLOCKED_APPLICATION;
      reason = blocked ? 'application-blocked' : 'card-error';
    }
  }
  return declined(reason);
}
