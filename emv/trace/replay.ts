import type { Answer } from '../kernel/index.ts';
import {
  type CardSeen,
  type ChipData,
  type Outcome,
  purchase,
  type Request,
  type Step,
  type TransactionInput,
} from '../kernel/index.ts';
import { Secret } from '../values/index.ts';
import type { RecordedCard } from './player.ts';

/** How a replay ends. */
export type Replayed =
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** The kernel asks the host, whose answer no recording of a card holds. */
  | {
      readonly kind: 'asks-host';
      readonly purpose: 'authorise' | 'verify-tc';
      readonly card: CardSeen;
      readonly chip: ChipData;
    }
  /** The kernel sends what was not recorded here. `at` counts from 0; no `recorded`: the recording had ended. */
  | { readonly kind: 'mismatch'; readonly at: number; readonly sent: Uint8Array; readonly recorded?: Uint8Array }
  /** The kernel asks something that a replay has no answer for. */
  | { readonly kind: 'unanswerable'; readonly question: string };

/** What the host says, where the replay is to go on after it was asked. */
export type ReplayHost = 'approved' | 'declined' | 'no-answer';

/** The kernels by interface. A contact purchase joins here. */
const KERNELS: {
  readonly contactless: (input: TransactionInput) => Step<Outcome>;
  readonly contact?: (input: TransactionInput) => Step<Outcome>;
} = {
  contactless: purchase,
};

export type ReplayInterface = keyof typeof KERNELS;

/** Can recordings of this interface be replayed? */
export const canReplay = (over: ReplayInterface): boolean => KERNELS[over] !== undefined;

function hostAnswer(host: ReplayHost): Answer {
  if (host === 'approved') return { kind: 'approved', authorisationId: 'replay' };
  return host === 'declined' ? { kind: 'declined', reason: 'host-declined' } : { kind: 'no-answer' };
}

/** Nobody is listed, everything is allowed, any PIN is entered: the recording decides what comes of it. */
function answerOf(request: Request, card: RecordedCard, host: ReplayHost | undefined): Answer | Replayed {
  switch (request.name) {
    case 'exchange': {
      const played = card.play(request.command);
      if (played.kind !== 'mismatch') return played;
      const { at, recorded } = played;
      return { kind: 'mismatch', at, sent: request.command, ...(recorded && { recorded }) };
    }
    case 'save-intent':
      return { kind: 'saved' };
    case 'check-exception-file':
      return { listed: false };
    case 'check-offline-limits':
      return { kind: 'allowed' };
    case 'verify-cardholder':
      if (request.method !== 'online-pin') return { kind: 'unanswerable', question: 'verify-cardholder' };
      return { kind: 'entered', pin: { block: new Secret(new Uint8Array(8)), format: 'iso-0', keyId: 'replay' } };
    case 'authorise-online': {
      const { purpose, card: seen, chip } = request;
      return host === undefined ? { kind: 'asks-host', purpose, card: seen, chip } : hostAnswer(host);
    }
    default:
      return { kind: 'unanswerable', question: (request as { name: string }).name };
  }
}

const ENDINGS: ReadonlySet<string> = new Set(['asks-host', 'mismatch', 'unanswerable']);

const isEnd = (answer: Answer | Replayed): answer is Replayed => 'kind' in answer && ENDINGS.has(answer.kind);

/** Runs the kernel against a recorded card. Every question but the host's is answered so that the transaction goes on. */
export function replay(
  over: ReplayInterface,
  input: TransactionInput,
  card: RecordedCard,
  host: ReplayHost | undefined,
): Replayed {
  const kernel = KERNELS[over];
  if (kernel === undefined) return { kind: 'unanswerable', question: `${over} purchase` };
  const step = kernel(input);
  let next = step.next();
  while (!next.done) {
    const answer = answerOf(next.value, card, host);
    if (isEnd(answer)) {
      // So that what the kernel holds is wiped in its `finally`.
      step.return(undefined as never);
      return answer;
    }
    next = step.next(answer);
  }
  return { kind: 'ended', outcome: next.value };
}
