import { selectByName, selectNextByName } from '../../apdu/index.ts';
import { equalBytes } from '../../values/index.ts';
import { MAX_CANDIDATES, MAX_SELECTIONS } from '../bounds.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import { parseFci } from '../fci.ts';
import type { Step } from '../requests.ts';
import type { ApplicationParameters } from '../transaction.ts';
import { BLOCKED_APPLICATION, BLOCKED_CARD, SUCCESS, transceive } from '../transceive.ts';
import type { Candidate } from './candidate.ts';

interface Tried {
  readonly kind: 'tried';
  readonly list: readonly Candidate[];
  /** Was one of them there, but blocked? */
  readonly blocked: boolean;
}

type Occurrence = { readonly candidate: Candidate | undefined; readonly blocked: boolean; readonly more: boolean };

/** One answer to SELECT under a terminal's AID; `more`: another occurrence is to be asked for. Undefined when it is none. */
function occurrenceOf(data: Uint8Array, sw: number, parameters: ApplicationParameters): Occurrence | undefined {
  const parsed = parseFci(data);
  if (parsed.kind === 'malformed') return undefined;
  const { aid, label, priority } = parsed.application;
  const { length } = parameters.aid;
  if (!equalBytes(aid.subarray(0, length), parameters.aid)) return undefined;
  const exact = aid.length === length;
  if (!exact && !parameters.partialSelection) return { candidate: undefined, blocked: false, more: true };
  const candidate = sw === SUCCESS ? { name: aid, label, priority, parameters } : undefined;
  return { candidate, blocked: candidate === undefined, more: !exact };
}

/**
 * The terminal's own list of AIDs (EMV Book 1, §12.3.3), for a card without a usable directory: each is selected, and while the
 * card's name is a longer one, the next occurrence (P2 = 02).
 */
export function* tryListOfAids(applications: readonly ApplicationParameters[]): Step<Tried | Ended> {
  const list: Candidate[] = [];
  let blocked = false;
  let budget = MAX_SELECTIONS;
  for (const parameters of applications) {
    let select = selectByName;
    for (let more = true; more && budget > 0; budget--) {
      const reply = yield* transceive(select(parameters.aid));
      if (reply.kind === 'torn') return TORN;
      if (reply.kind === 'faulty') break;
      if (reply.sw === BLOCKED_CARD && select === selectByName) return declined('card-blocked');
      if (reply.sw !== SUCCESS && reply.sw !== BLOCKED_APPLICATION) break;
      const occurrence = occurrenceOf(reply.data, reply.sw, parameters);
      if (occurrence?.candidate !== undefined && list.length < MAX_CANDIDATES) list.push(occurrence.candidate);
      blocked ||= occurrence?.blocked === true;
      more = occurrence?.more === true;
      select = selectNextByName;
    }
  }
  return { kind: 'tried', list, blocked };
}
